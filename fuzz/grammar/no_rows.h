/* After an inclusion of grammar.def: forgets what its rows were. Included more than once. */
#undef NUMBER
#undef ONE_OF
#undef CONSTANT
#undef OCTETS
#undef VECTOR
#undef FRAGMENT
#undef ELEMENT
#undef LIST
#undef EACH_ONCE
#undef SEQUENCE
#undef CHOICE
#undef OPTIONAL
#undef SAME
#undef MESSAGE
