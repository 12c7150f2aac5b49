import { count, integer, oneOf, table, text, view } from 'pawl/migrate';

/** The first release of a shop. A declaration is data: what the database is to be, and no more. */
const customer = table({
  name: 'customer',
  about: 'Who buys.',
  columns: { id: integer, name: text, mail: text },
  primaryKey: ['id'],
  identity: true,
  uniques: [{ name: 'customer_mail', columns: ['mail'] }],
});

const purchase = table({
  name: 'purchase',
  about: 'What was bought.',
  columns: { id: integer, customer_id: integer, state: text, cents: count },
  primaryKey: ['id'],
  identity: true,
  checks: [{ name: 'purchase_state', expression: oneOf('state', ['open', 'paid']) }],
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
    'SELECT customer.mail, sum(purchase.cents) AS cents FROM purchase ' +
    "JOIN customer ON customer.id = purchase.customer_id WHERE state = 'open' " +
    'GROUP BY customer.id',
});

export const SHOP_1 = { schema: [customer, purchase, owed] };
