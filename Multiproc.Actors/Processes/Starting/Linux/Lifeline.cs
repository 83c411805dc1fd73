namespace Multiproc.Processes.Linux;

/// <summary>
/// Ends a child whose runtime is still booting when this process is killed. Until its first managed instruction, which takes a second on a machine under load,
/// the child can neither request the parent-death signal nor see the end of its connection.
/// </summary>
/// <remarks>
/// The child inherits the read end of a pipe whose write end only this process has. The kernel can signal the owner of a descriptor when it becomes readable,
/// as it does at end of file: here the owner is the child and the signal is SIGKILL. Each child has an open file description of its own, since owner and
/// signal belong to that. On a system without this feature (no /proc, an emulated kernel), booting children end only once they have booted.
/// </remarks>
internal sealed unsafe class Lifeline
{
    private static readonly Lazy<Lifeline> s_current = new(() => new Lifeline());

    private readonly byte[] _readEnd = [];

    /// <summary>Never closed and never inherited, so that only the end of this process closes it.</summary>
    private readonly int _writeEnd = -1;

    private Lifeline()
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.CloseOnExec) == 0)
        {
            _readEnd = System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{ends[0]}\0");
            _writeEnd = ends[1];
        }
    }

    public static Lifeline Current => s_current.Value;

    /// <summary>Opens the read end for one child; -1 if the system does not support it.</summary>
    public int Open()
    {
        if (_writeEnd < 0)
        {
            return -1;
        }

        fixed (byte* path = _readEnd)
        {
            int fd = LibC.open(path, LibC.OpenReadOnly | LibC.CloseOnExec | LibC.NonBlocking, 0);
            if (fd >= 0)
            {
                LibC.fcntl(fd, LibC.FileSetSignal, LibC.SigKill);
            }

            return fd;
        }
    }

    /// <summary>Ties the child to this process: the end of this process then kills the child.</summary>
    public static void Tie(int opening, int pid)
    {
        if (opening >= 0)
        {
            LibC.fcntl(opening, LibC.FileSetOwner, pid);
            LibC.fcntl(opening, LibC.FileSetStatus, LibC.Asynchronous | LibC.NonBlocking);
        }
    }
}
