// Counts along while an answer is typed: what it takes as an SMS, and which letters change. As flows/gsm7.py counts.

/** What becomes of one letter on a channel that folds. */
function fold(letter, tables) {
  if (tables.basic.includes(letter) || tables.extended.includes(letter)) return letter;
  if (Object.hasOwn(tables.plain, letter)) return tables.plain[letter];
  if (/\p{Zs}/u.test(letter)) return " ";
  if (/[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u.test(letter)) return "";
  const apart = letter.normalize("NFKD");
  if (apart === letter) return "?";
  return [...apart].map((piece) => fold(piece, tables)).join("") || "?";
}

/** Size and paid parts of a text as it stands; no escape pair or surrogate pair is cut. */
function weigh(text, tables) {
  const letters = [...text];
  const wide = letters.some((letter) => !tables.basic.includes(letter) && !tables.extended.includes(letter));
  const width = (letter) => (wide ? letter.length : tables.extended.includes(letter) ? 2 : 1);
  const [single, room] = wide ? [70, 67] : [160, 153];
  const size = letters.reduce((sum, letter) => sum + width(letter), 0);
  if (size <= single) return { size, parts: 1, wide };
  let parts = 1;
  let used = 0;
  for (const letter of letters) {
    if (used + width(letter) > room) {
      parts += 1;
      used = 0;
    }
    used += width(letter);
  }
  return { size, parts, wide };
}

/** The text kept and folded, each weighed, and the letters that change. Another script is never folded away. */
export function look(text, tables) {
  const kept = text.normalize("NFC");
  const lost = [...kept].some((letter) => /\p{L}/u.test(letter) && fold(letter, tables) === "?");
  const pairs = lost ? [] : [...new Set(kept)].map((letter) => [letter, fold(letter, tables)]);
  const folded = lost ? kept : [...kept].map((letter) => fold(letter, tables)).join("");
  return {
    kept: weigh(kept, tables),
    folded: weigh(folded, tables),
    changed: pairs.filter(([letter, plain]) => letter !== plain),
  };
}

/** Writes the lines below the answer anew at every letter. */
function countAlong(area) {
  const tables = JSON.parse(area.dataset.sms);
  const [line, letters] = area.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id));
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const show = () => {
    const seen = look(tables.frame.replace("{}", () => area.value.trim()), tables);
    const [sent, other] = tables.folds ? [seen.folded, seen.kept] : [seen.kept, seen.folded];
    const cut = tables.most && sent.parts > tables.most;
    const words = cut ? area.dataset.wordsCut : sent.wide ? area.dataset.wordsWide : area.dataset.words;
    line.textContent = fill(words, { chars: sent.size, parts: sent.parts, most: tables.most });
    line.classList.toggle("hint-warn", Boolean(cut));
    const changes = seen.changed.map(([letter, plain]) => `${letter.trim() || "␣"} → ${plain.trim() || "␣"}`).join(", ");
    letters.textContent = changes && fill(area.dataset.wordsLetters, { letters: changes, parts: other.parts });
  };
  area.addEventListener("input", show);
  if (area.value) show();
}

document.querySelectorAll("textarea[data-sms]").forEach(countAlong);
