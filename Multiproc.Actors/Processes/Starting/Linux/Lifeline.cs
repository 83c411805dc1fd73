namespace Multiproc.Processes.Linux;

/// <summary>
/// What ends a child whose runtime still boots when this process is killed: until its first managed instruction it cannot ask for the parent-death signal
/// itself, nor see the end of its connection, and on a machine under load that takes a second.
/// </summary>
/// <remarks>
/// The child inherits the read end of a pipe of which only this process has the write end. The kernel can tell the owner of a descriptor by a signal that it has become
/// readable, and an end of file makes it so: here the owner is the child and the signal SIGKILL. Each child has an opening of its own, since owner
/// and signal belong to that. A system without this (no /proc, an emulated kernel) leaves booting children to what they do when they have booted.
/// </remarks>
internal sealed unsafe class Lifeline
{
    private static readonly Lazy<Lifeline> s_current = new(() => new Lifeline());

    private readonly byte[] _readEnd = [];

    /// <summary>Never closed, and inherited by nobody: the end of this process closes it.</summary>
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

    /// <summary>An opening for one child; -1 when the system has none.</summary>
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

    /// <summary>From now on the end of this process is that of the child.</summary>
    public static void Tie(int opening, int pid)
    {
        if (opening >= 0)
        {
            LibC.fcntl(opening, LibC.FileSetOwner, pid);
            LibC.fcntl(opening, LibC.FileSetStatus, LibC.Asynchronous | LibC.NonBlocking);
        }
    }
}
