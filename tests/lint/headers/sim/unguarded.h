struct unguarded;
