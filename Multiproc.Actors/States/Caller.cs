namespace Multiproc.States;

/// <summary>
/// The sender of a command, and where to send the reply. <paramref name="Process"/> is the number that the node gave the process when it joined (0 is the node
/// itself; a node never gives a number twice); <paramref name="Call"/> is unique in that process, and 0 when no reply is wanted.
/// </summary>
internal readonly record struct Caller(int Process, long Call)
{
    public const int LocalProcess = 0;

    public bool IsLocal => Process == LocalProcess;

    public bool WantsReply => Call != 0;
}
