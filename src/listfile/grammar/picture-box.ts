import type { Finding } from '../../domain/tasklist/model.ts';
import type { Box } from './box.ts';
import type { ListBlock, ListItem } from './outline.ts';
import type { RawTask } from './raw-task.ts';
import { readBoxTask } from './read-box.ts';
import type { Section } from './section.ts';
import { readPicture } from './status-cell.ts';

/** A list item that begins with a picture in the place of a check box. */
export interface PictureBox {
  readonly item: ListItem;
  readonly box: Box;
}

/** The items of a list each of which begins with a picture; null for every other list. */
export function pictureBoxes(list: ListBlock): readonly PictureBox[] | null {
  const boxes: PictureBox[] = [];
  for (const item of list.items) {
    const picture = item.lead === null ? null : readPicture(item.lead.text);
    if (item.lead === null || picture === null) return null;
    const { mark, length } = picture;
    const { start, text } = item.lead;
    const rest = text.slice(length).trim();
    boxes.push({ item, box: { mark, start, end: start + length, optional: false, rest } });
  }
  return boxes;
}

/** An item that begins with a picture as a task, with what stands below it. */
export function readPictureTask(
  item: ListItem,
  box: Box,
  section: Section,
  findings: Finding[],
): RawTask {
  const { mark, start, end } = box;
  const cell = { cellStart: start, cellEnd: end, aligned: false };
  const place = { kind: 'word', mark, start, end, ...cell, picture: true } as const;
  return { ...readBoxTask(item, box, section, findings), place };
}
