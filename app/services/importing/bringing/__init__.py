"""Bringing an archive of another product: it is read (`receiving`), shown (`found`), and what its person says is taken over
(`taking`); doubtful choices are confirmed one by one (`doubtful`), and texts in own words kept (`own_words`)."""
