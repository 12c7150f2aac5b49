import type { Box } from './box.ts';
import type { ListBlock, ListItem } from './outline.ts';
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
