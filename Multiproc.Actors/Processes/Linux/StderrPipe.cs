using System.Text;
using Multiproc.Transport;

namespace Multiproc.Processes.Linux;

/// <summary>A child's stderr, passed on to ours as it comes, with its last lines remembered for the report of its death.</summary>
internal sealed unsafe class StderrPipe : IDisposable
{
    private const int KeptBytes = 4 * 1024;

    private readonly Lock _gate = new();
    private readonly int _readEnd;
    private byte[] _kept = [];
    private int _writeEnd;
    private bool _closed;

    public StderrPipe()
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.CloseOnExec) != 0)
        {
            throw new ProcessStartException($"Cannot start a process: no pipe for its stderr ({ErrorText.OfLast()}).");
        }

        _readEnd = ends[0];
        _writeEnd = ends[1];
    }

    public int WriteEnd => _writeEnd;

    /// <summary>Begins to read, once the child has its end.</summary>
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

    public void Dispose()
    {
        CloseWriteEnd();
        CloseReadEnd();
    }

    private void ReadSome()
    {
        byte* buffer = stackalloc byte[KeptBytes];
        nint size = LibC.read(_readEnd, buffer, KeptBytes);
        if (size <= 0)
        {
            CloseReadEnd();
            return;
        }

        var text = new ReadOnlySpan<byte>(buffer, (int)size);
        Keep(text);
        while (text.Length > 0 && StandardDescriptor.IsOpen(StandardDescriptor.Error))
        {
            nint written;
            fixed (byte* rest = text)
            {
                written = LibC.write(StandardDescriptor.Error, rest, (nuint)text.Length);
            }

            if (written <= 0)
            {
                return; // Nobody reads our stderr: the lines are kept all the same.
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
        lock (_gate)
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
