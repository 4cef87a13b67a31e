/**
 * Words that guessers try first, alone, in pairs, and with digits and signs around them. Passwords of ten characters
 * and more are made of these by habit: `Password123!`, `qwerty2024`, `iloveyou1!`.
 */
const WORDS = new Set(
  `
  abc abcd abcde access account adam admin administrator adobe adrian alaska albert alex alexander alexis alice alpha
  amanda america american andrea andrew angel angela angels animal anna anthony apache apple april arsenal ashley asdf
  asdfg asdfgh asdfghjkl athena august austin autumn avatar azerty baby babygirl backup badboy bailey banana bandit
  barbara barcelona barney baseball basketball batman beautiful beauty bella benjamin bestfriend betty bigdaddy billy
  biteme blessed blink blue bond bonjour boston brandon brandy brian brooklyn bubbles buddy bulldog buster butterfly
  camaro cameron canada captain carlos caroline casper celtic champion change changeme changeit charles charlie
  charlotte cheese chelsea cherry chester chicago chicken chocolate chris christian christine christmas christopher
  classic claudia cocacola coffee college company computer contact control cookie cool corvette country cowboy cowboys
  creative cricket crystal customer daddy dakota dallas daniel danielle database david debbie december default dennis
  denver destiny dexter diamond diana diesel digital dolphin dolphins donald dragon dragons dream dreams dublin eagle
  eagles easter eclipse edward einstein elephant elizabeth email eminem emma england enter eric europe fabian falcon
  family fantasy fashion father february ferrari fireball fishing florida flower flowers football forever formula
  france frank freddy freedom friday friend friends fuckyou galaxy gandalf garden george germany ghost giants ginger
  giovanni goddess godzilla golden golfer google gordon gorgeous green guest guitar hammer hannah happy harley harry
  heather heaven hello helloworld help helpme hockey holiday home honda honey horse hotmail house houston hunter
  iceman iloveu iloveyou india inter internet ireland isabella italia jackie jackson jacob jaguar james january
  jasmine jason jasper jennifer jeremy jessica jesus jesuschrist johannes john johnny johnson jonathan jordan joseph
  joshua julian julie july june junior justin justinbieber karen kevin killer king kitty knight kristina lakers
  langley lauren legend leonardo letmein liberty linda linkedin liverpool login london looking lovely love lover loveme
  loveyou lucky maggie magic manager manchester marcus maria marie marina mario marketing marlboro martin marvin
  master matrix matthew maverick maximus maxwell mercedes mercury merlin messi metallica mexico michael michelle
  mickey midnight miller mine minecraft minnie mobile monday money monica monkey monster montana morgan mother
  motorola mountain movie murphy music mustang mylove myspace naruto natalie natasha nathan nelson network newyork
  nicholas nicole nintendo nirvana nissan nothing november number oliver office october orange orders oracle pacific
  paradise paris parker pass passport passw passwd passwort password patches patrick patricia peaches peanut pepper
  perfect peter phoenix phone picture please pokemon police poohbear porsche portugal power prince princess private
  product public pumpkin purple pussy qazwsx qwer qwert qwerty qwertyu qwertz rabbit rachel raiders rainbow ranger
  realmadrid rebecca remember richard robert rocket ronaldo root rosebud russia sabrina sales samantha sammy samsung
  samuel sandra saturday scooter scorpion scott secret secure security sebastian september server service shadow
  shalom shannon shelby shop shopping shopper silver simple singer skater skywalker slayer slipknot smart smith smokey
  snoopy snowball soccer sophie southern spain sparky spencer spider spiderman spring stars startrek starwars station
  steelers stella stephanie steven store student summer sunday sunflower sunset sunshine super superman superstar
  support survivor swordfish sydney system taylor teacher teddy temp temporary tennis teresa test tester testing texas
  theman thomas thunder thursday tiffany tiger tigers tigger time tinkerbell titanic today tomcat toyota travel trinity
  trouble trustme trustno tuesday turtle twitter tyler unicorn united universe unknown user username vampire vanessa
  victor victoria viking vincent virginia volcano walter warrior warriors webmaster wednesday welcome whatever white
  william wilson windows winner winston winter wizard wolf wolverine women work world xavier yankees yellow yourself
  youtube zaq zaqwsx zombie zxcv zxcvb zxcvbn zxcvbnm
`
    .trim()
    .split(/\s+/),
);

/** Rows of keys and of the alphabet, read on from the end to the beginning. */
const ROWS = [
  "abcdefghijklmnopqrstuvwxyz",
  "12345678901234567890",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertzuiopasdfghjklyxcvbnm",
  "azertyuiopqsdfghjklmwxcvbn",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "qazwsxedcrfvtgbyhnujmikolp",
  "1q2w3e4r5t6y7u8i9o0p",
  "a1b2c3d4e5f6g7h8i9",
  "q1w2e3r4t5y6u7i8o9p0",
];
const BOTH_WAYS = ROWS.flatMap((row) => [row + row, [...row, ...row].reverse().join("")]);

const LETTERS: Record<string, string> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", "@": "a", $: "s", "!": "i" };
const asLetters = (text: string): string => text.replace(/[013457@$!]/g, (sign) => LETTERS[sign] as string);
const trimmed = (text: string): string => text.replace(/^[^a-z]+|[^a-z]+$/g, "");

/** Whether a guesser comes upon this within the first tries: words as above, rows of keys, repeats, mere digits. */
export function isCommon(password: string): boolean {
  const text = password.toLowerCase();
  const bare = text.replace(/[^a-z0-9@$!]/g, "");
  return (
    /^[\d\s./-]{0,15}$/.test(text) ||
    new Set(text).size < 5 ||
    (repeated(text) ?? text).length < 10 ||
    (2 * bare.length > text.length && BOTH_WAYS.some((row) => row.includes(bare))) ||
    [trimmed(bare), trimmed(asLetters(trimmed(bare))), trimmed(asLetters(bare))].some((core) => isWords(core, 2))
  );
}

/** What a text is made of where it is the same over and over. */
const repeated = (text: string): string | undefined => /^(.+?)\1+$/.exec(text)?.[1];

/** Whether the text is one of the words, so many of them in a row, or one of them over and over. */
function isWords(text: string, most: number): boolean {
  if (WORDS.has(repeated(text) ?? text)) return true;
  if (most === 1) return false;
  return Array.from(text, (_, at) => at).some(
    (at) => WORDS.has(text.slice(0, at)) && isWords(text.slice(at), most - 1),
  );
}
