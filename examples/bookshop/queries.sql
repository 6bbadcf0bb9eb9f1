-- name: books by title
select id, title, author, price_cents, stock from public.books order by title limit 20;

-- name: orders to send
select id, book_id, quantity from public.orders where sent_at is null order by placed_at limit 50;
