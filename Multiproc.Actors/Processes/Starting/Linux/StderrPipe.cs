using System.Text;
using Multiproc.Transport;

namespace Multiproc.Processes.Linux;

/// <summary>Forwards a child's stderr to this process's own, and keeps the last lines for the report of its death.</summary>
internal sealed unsafe class StderrPipe : IDisposable
{
    private const int KeptBytes = 4 * 1024;
    private const int MostReadsAtTheEnd = 16; // As much as a pipe holds, since a grandchild may go on writing for ever.

    private readonly Lock _gate = new();
    private readonly Lock _reading = new();
    private readonly int _readEnd;
    private byte[] _kept = [];
    private int _writeEnd;
    private bool _closed;

    public StderrPipe()
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.CloseOnExec) != 0)
        {
            throw new ProcessStartException($"Cannot start a process: no pipe for its stderr ({ErrorText.OfLast()}).") { IsShortage = true };
        }

        _readEnd = ends[0];
        _writeEnd = ends[1];
        LibC.fcntl(_readEnd, LibC.FileSetStatus, LibC.NonBlocking);
    }

    public int WriteEnd => _writeEnd;

    /// <summary>Starts reading, once the child has its end.</summary>
    public void Start()
    {
        CloseWriteEnd();
        LifeMonitor.Current.Watch(_readEnd, ReadSome);
    }

    public string Text()
    {
        lock (_gate)
        {
            return Encoding.UTF8.GetString(_kept);
        }
    }

    /// <summary>Reads the remaining text, since the end of the process may be seen before its last output; then closes the pipe.</summary>
    public void Dispose()
    {
        CloseWriteEnd();
        for (int i = 0; i < MostReadsAtTheEnd && Read() > 0; i++)
        {
        }

        CloseReadEnd();
    }

    private void ReadSome()
    {
        if (Read() == 0)
        {
            CloseReadEnd();
        }
    }

    /// <returns>The number of bytes read; 0 at the end, negative if there are none now.</returns>
    private nint Read()
    {
        lock (_reading)
        {
            if (_closed)
            {
                return 0;
            }

            byte* buffer = stackalloc byte[KeptBytes];
            nint size = LibC.read(_readEnd, buffer, KeptBytes);
            if (size > 0)
            {
                var text = new ReadOnlySpan<byte>(buffer, (int)size);
                Keep(text);
                PassOn(text);
            }

            return size;
        }
    }

    private static void PassOn(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0 && StandardDescriptor.IsOpen(StandardDescriptor.Error))
        {
            nint written;
            fixed (byte* rest = text)
            {
                written = LibC.write(StandardDescriptor.Error, rest, (nuint)text.Length);
            }

            if (written <= 0)
            {
                return; // Nobody reads this process's stderr, but the lines are kept.
            }

            text = text[(int)written..];
        }
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            byte[] all = [.. _kept, .. text];
            _kept = all.Length <= KeptBytes ? all : all[^KeptBytes..];
        }
    }

    private void CloseReadEnd()
    {
        lock (_reading)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        LifeMonitor.Current.Forget(_readEnd, () => LibC.close(_readEnd));
    }

    private void CloseWriteEnd()
    {
        int end = Interlocked.Exchange(ref _writeEnd, -1);
        if (end >= 0)
        {
            LibC.close(end);
        }
    }
}
