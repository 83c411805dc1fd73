using Multiproc.Host.Commands;

// The commands of children come first, without the command line parser: a child loads nothing that it does not need.
return args switch
{
    ["child"] => ChildCommand.Run(),
    ["child-by-stdin"] => ChildByStdinCommand.Run(),
    _ => UserCommand.Run(args),
};
