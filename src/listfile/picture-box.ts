import type { Box } from './box.ts';
import type { ListBlock, ListItem } from './outline.ts';
import { readPicture } from './status-cell.ts';

/** A list item that begins with a picture in the place of a check box. */
export interface PictureBox {
  readonly item: ListItem;
  readonly box: Box;
}

/**
 * The items of a list in which pictures are check boxes: each item begins with one, and at least
 * one says that there is something to do. `- ✅ Fast` and `- ❌ No tests` alone praise and complain.
 */
export function pictureBoxes(list: ListBlock): readonly PictureBox[] | null {
  const boxes: PictureBox[] = [];
  let open = false;
  for (const item of list.items) {
    const picture = item.lead === null ? null : readPicture(item.lead.text);
    if (item.lead === null || picture === null) return null;
    const { mark, length } = picture;
    open ||= mark === 'queued' || mark === 'running';
    const { start, text } = item.lead;
    const rest = text.slice(length).trim();
    boxes.push({ item, box: { mark, start, end: start + length, optional: false, rest } });
  }
  return open ? boxes : null;
}
