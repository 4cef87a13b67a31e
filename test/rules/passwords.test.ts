import { compareSync } from "bcryptjs";
import { isCommon } from "../../services/users/common-passwords.ts";
import { generatePassword, isOutdated, newPasswordProblem, nobodysHash } from "../../services/users/password.ts";

const email = "ada.lovelace@example.com";

test("a new password has at least ten characters, counted as people count, and at most 72 bytes", () => {
  expect(newPasswordProblem("zrq7vkx2m", email)).toBe("At least 10 characters");
  expect(newPasswordProblem("zrq7vkx2mp", email)).toBeNull();
  expect(newPasswordProblem("😀😁😂😃😄", email)).toBe("At least 10 characters");
  expect(newPasswordProblem("ab cd ef gh ".repeat(6), email)).toBeNull();
  expect(newPasswordProblem("ab cd ef gh ".repeat(7), email)).toBe("At most 72 bytes");
  expect(newPasswordProblem("zrq7vk\0x2mp", email)).toBe("No zero characters");
});

test("one's own e-mail address is no password, in any case, with or without the part behind the @", () => {
  expect(newPasswordProblem("Ada.Lovelace@Example.com ", email)).toBe("Not your e-mail address");
  expect(newPasswordProblem("ada.lovelace", email)).toBe("Not your e-mail address");
});

test.each([
  "password123",
  "Password123!",
  "P@ssw0rd2024",
  "passwordpassword",
  "qwertyuiop",
  "Qwerty12345",
  "1q2w3e4r5t6y",
  "1qaz2wsx3edc",
  "poiuytrewq",
  "0987654321",
  "1234567890",
  "12345678910",
  "01.02.1990",
  "31/12/1999",
  "aaaaaaaaaaaa",
  "abcabcabcabc",
  "abcdefghij",
  "ABCDEFGHIJKL",
  "iloveyou123",
  "ILoveYou!!!",
  "letmein2024",
  "welcome123",
  "sunshine2023!",
  "football99!",
  "adminadmin",
  "admin12345",
  "administrator",
  "changeme123",
  "superman12",
  "liverpool1",
  "dragonmaster",
  "helloworld1",
  "trustno1trustno1",
  "summer2024!!",
  "123password456",
])("%s is guessed at once", (common) => {
  expect(isCommon(common)).toBe(true);
  expect(newPasswordProblem(common, email)).toMatch(/^Too easy/);
});

test.each([
  "correct horse battery",
  "zrq7vkx2mp",
  "violet-kettle-9",
  "mein Fahrrad ist blau",
  "пароль от почты",
  "sunshine over the harbour",
  "Tr1cky&Long_one",
])("%s is good enough", (good) => {
  expect(newPasswordProblem(good, email)).toBeNull();
});

test("what the shop generates is good enough, and never the same", () => {
  const generated = Array.from({ length: 200 }, generatePassword);
  expect(new Set(generated).size).toBe(200);
  expect(generated.filter((one) => newPasswordProblem(one, email))).toEqual([]);
});

test("a hash of another cost is outdated", () => {
  expect(isOutdated(nobodysHash(10), 10)).toBe(false);
  expect(isOutdated(nobodysHash(12), 10)).toBe(true);
  expect(compareSync(password, nobodysHash(4))).toBe(false);
});

const password = "correct horse battery";
