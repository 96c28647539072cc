//! The dates of an agreement, found in its clauses, and as an .ics file for the phone's calendar (RFC 5545).

export interface Day { date: string; summary: string; description: string }

const CHINESE_DATE = /(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日/gu;
const two = (part: number | string) => String(part).padStart(2, '0');

/** Every date a clause names; a date without a year takes the year named before it in the text, else `year`. */
export function datesOf(clauses: readonly string[], year: number): Day[] {
  const days: Day[] = [];
  let current = year;
  for (const text of clauses) {
    for (const [, named, month = '', day = ''] of text.matchAll(CHINESE_DATE)) {
      current = named ? Number(named) : current;
      days.push({ date: `${current}-${two(month)}-${two(day)}`, summary: text, description: text });
    }
  }
  return days.sort((a, b) => a.date.localeCompare(b.date));
}

/** Thirty days after the agreement took effect: the last day for judicial confirmation (CPL 205, PML 33). */
export function confirmationDeadline(effectiveAt: string): string {
  const day = new Date(Date.parse(effectiveAt) + 30 * 86_400_000);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll(';', '\\;').replaceAll(',', '\\,').replaceAll('\n', '\\n');

/** Lines are folded at 75 octets, never inside a character (RFC 5545 §3.1). */
function fold(line: string): string {
  const encoder = new TextEncoder();
  const lines: string[] = [];
  let [current, octets] = ['', 0];
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (octets + size > 74) {
      lines.push(current);
      [current, octets] = [' ', 1];
    }
    current += character;
    octets += size;
  }
  return [...lines, current].join('\r\n');
}

/** All-day events with an alarm on the day before at nine. */
export function icsFile(days: readonly Day[], stamp: Date, idBase: string): string {
  const basic = (iso: string) => iso.replaceAll('-', '');
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//OneDoor//Mediation//ZH', 'CALSCALE:GREGORIAN'];
  days.forEach((day, index) => {
    const next = new Date(`${day.date}T00:00:00Z`);
    next.setUTCDate(next.getUTCDate() + 1);
    lines.push(
      'BEGIN:VEVENT', `UID:${idBase}-${index}@onedoor`, `DTSTAMP:${stamp.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')}`,
      `DTSTART;VALUE=DATE:${basic(day.date)}`, `DTEND;VALUE=DATE:${basic(next.toISOString().slice(0, 10))}`,
      `SUMMARY:${escape(day.summary)}`, `DESCRIPTION:${escape(day.description)}`,
      'BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${escape(day.summary)}`, 'TRIGGER:-PT15H', 'END:VALARM', 'END:VEVENT',
    );
  });
  return [...lines, 'END:VCALENDAR'].map(fold).join('\r\n') + '\r\n';
}
