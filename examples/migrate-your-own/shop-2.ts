import { count, integer, oneOf, table, text, view } from 'pawl/migrate';

/**
 * The next release, in which three things are different: `mail` has a new name, a purchase has a
 * note and must not cost less than nothing, and it can be refunded. In a program of your own you
 * edit the declaration in place; here both stand side by side.
 */
const customer = table({
  name: 'customer',
  about: 'Who buys.',
  columns: { id: integer, name: text, email: text },
  primaryKey: ['id'],
  identity: true,
  uniques: [{ name: 'customer_mail', columns: ['email'] }],
});

const purchase = table({
  name: 'purchase',
  about: 'What was bought.',
  columns: {
    id: integer,
    customer_id: integer,
    state: text,
    cents: count,
    note: { type: 'text', nullable: false, default: { value: '' } },
  },
  primaryKey: ['id'],
  identity: true,
  checks: [
    { name: 'purchase_state', expression: oneOf('state', ['open', 'paid', 'refunded']) },
    { name: 'purchase_cents', expression: 'cents >= 0' },
  ],
  foreignKeys: [
    {
      name: 'purchase_customer',
      columns: ['customer_id'],
      references: { table: 'customer', columns: ['id'] },
      onDelete: 'cascade',
    },
  ],
  indexes: [{ name: 'purchase_open', columns: ['customer_id'], where: "state = 'open'" }],
});

const owed = view({
  name: 'owed',
  about: 'What each customer still has to pay.',
  select:
    'SELECT customer.email, sum(purchase.cents) AS cents FROM purchase ' +
    "JOIN customer ON customer.id = purchase.customer_id WHERE state = 'open' " +
    'GROUP BY customer.id',
});

export const SHOP_2 = {
  schema: [customer, purchase, owed],
  directives: {
    // A rename looks like one column that went and another that came: it has to be said.
    renamedColumns: [{ table: 'customer', column: 'email', renamedFrom: ['mail'] }],
  },
};
