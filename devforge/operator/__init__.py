"""What the operator, or an owner, changes of what is out already: yank, halt, roll back, deprecate, condemn."""
