using Multiproc.Host.Commands;

// Children come first and by themselves: nothing that they do not need is loaded for them.
return args switch
{
    ["child"] => ChildCommand.Run(),
    ["child-by-stdin"] => ChildByStdinCommand.Run(),
    _ => CommandLine.Run(args),
};
