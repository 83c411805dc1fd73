namespace Multiproc.States;

/// <summary>
/// Who sent a command and how to answer. <paramref name="Process"/> is the number that the home gave the process when it
/// joined (0 is the home itself; numbers are not given twice while a home lives); <paramref name="Call"/> is unique in that
/// process and 0 when no answer is wanted.
/// </summary>
internal readonly record struct Caller(int Process, long Call)
{
    public const int HomeProcess = 0;

    public bool IsHome => Process == HomeProcess;

    public bool WantsAnswer => Call != 0;
}
