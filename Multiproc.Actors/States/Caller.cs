namespace Multiproc.States;

/// <summary>
/// Who sent a command and how to answer. <paramref name="Process"/> is the number that the node gave the process when it
/// joined (0 is the node itself; numbers are not given twice while a node lives); <paramref name="Call"/> is unique in that
/// process and 0 when no answer is wanted.
/// </summary>
internal readonly record struct Caller(int Process, long Call)
{
    public const int LocalProcess = 0;

    public bool IsLocal => Process == LocalProcess;

    public bool WantsReply => Call != 0;
}
