-- What the shop sells. Its rows are part of the shop, and so of its mirror ([schema] reference).
create table public.books (
    id integer primary key,
    title text not null,
    author text not null,
    price_cents integer not null check (price_cents > 0),
    stock integer not null check (stock >= 0)
);
create index books_by_title on public.books (title);

insert into public.books values
    (1, 'The Origin of Bees', 'A. Mellifera', 1990, 500),
    (2, 'Blue Bands', 'A. Cingulata', 2450, 500),
    (3, 'Nests in Clay', 'A. Cingulata', 1500, 500),
    (4, 'Swarms', 'T. Carbonaria', 990, 500);
