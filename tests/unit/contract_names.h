/* The names that are promised to users: the table in the README, "Names of values". */
#ifndef TESTS_UNIT_CONTRACT_NAMES_H
#define TESTS_UNIT_CONTRACT_NAMES_H

#include <stdbool.h>

/* True for a value, a gradient (X.grad, P.grad.clipped) or an optimizer state of the table. */
bool is_contract_name(const char *name);

#endif
