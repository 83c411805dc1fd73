using System.Runtime.InteropServices;
using Multiproc.Connections;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Python.Server;

/// <summary>
/// Receives the requests of one thread of a Python program, which come one by one: a request and its header in one system call, after a short spin if they come
/// soon. Its thread belongs to it, and sleeps in the kernel: what ends the wait is the end of the socket.
/// </summary>
/// <param name="descriptor">The socket, which must stay open while this is used.</param>
internal sealed unsafe class RequestStream(int descriptor)
{
    private const int FirstBuffer = 8192;

    /// <summary>Some seventy microseconds: a Python program takes about forty from an answer to its next request.</summary>
    private const int MostSpins = 160;

    /// <summary>The wait in microseconds that is worth spinning for.</summary>
    private const int ShortWait = 150;

    /// <summary>The clients need processors too: with more spinners than this each would take one from the program that it waits for.</summary>
    private static readonly int s_mostSpinners = Environment.ProcessorCount / 2;

    private static int s_spinners;

    private readonly SpinPolicy _spin = new(ShortWait);
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;

    /// <summary>Waits for the next request.</summary>
    /// <returns>The request; valid until the next call.</returns>
    /// <exception cref="EndOfStreamException">The client has ended between two requests; with an inner exception if it has not read everything.</exception>
    /// <exception cref="IOException">The client ended within a request, or announced one that is too long.</exception>
    public ReadOnlySpan<byte> Next()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            if (_buffer.Length > PythonServer.LargestKept)
            {
                _buffer = new byte[FirstBuffer];
            }
        }

        Fill(MessageHeader.ShortBytes);
        int headerSize = MessageHeader.ShortBytes;
        long size = MessageHeader.ReadShort(_buffer.AsSpan(_start, headerSize));
        if (size == MessageHeader.LongMark)
        {
            headerSize = MessageHeader.LongBytes;
            Fill(headerSize);
            size = MessageHeader.ReadLong(_buffer.AsSpan(_start + MessageHeader.ShortBytes, sizeof(long)));
        }

        if (size is < 0 or > PythonServer.LargestMessage)
        {
            throw new IOException($"A Python program announced a request of {size} bytes: at most {PythonServer.LargestMessage} are accepted.");
        }

        Fill(headerSize + (int)size);
        var message = _buffer.AsSpan(_start + headerSize, (int)size);
        _start += headerSize + (int)size;
        return message;
    }

    /// <summary>Receives until so many bytes are there. The buffer grows with what has arrived, not with what was announced.</summary>
    private void Fill(int wanted)
    {
        while (_end - _start < wanted)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, Array.MaxLength));
            }

            fixed (byte* start = _buffer)
            {
                _end += (int)Receive(start + _end, (nuint)(_buffer.Length - _end), between: _end == _start);
            }
        }
    }

    private nint Receive(byte* target, nuint size, bool between)
    {
        nint received = SocketBytes.TryReceive(descriptor, target, size, between);
        if (received >= 0)
        {
            return received;
        }

        received = Spin(target, size, between);
        if (received >= 0)
        {
            _spin.Succeeded();
            return received;
        }

        _spin.Failed();
        while (received < 0)
        {
            Sleep();
            received = SocketBytes.TryReceive(descriptor, target, size, between);
        }

        _spin.End();
        return received;
    }

    /// <returns>The number of bytes; -1 if none came.</returns>
    private nint Spin(byte* target, nuint size, bool between)
    {
        int spins = Math.Min(_spin.Begin(), MostSpins);
        try
        {
            spins = Interlocked.Increment(ref s_spinners) > s_mostSpinners ? 0 : spins;
            nint received = -1;
            for (int turn = 0; turn < spins && received < 0; turn++)
            {
                SpinPolicy.Pause();
                received = SocketBytes.TryReceive(descriptor, target, size, between);
            }

            return received;
        }
        finally
        {
            Interlocked.Decrement(ref s_spinners);
        }
    }

    private void Sleep()
    {
        var entry = new SocketCalls.PollEntry { Descriptor = descriptor, Wanted = SocketCalls.PollIn };
        if (SocketCalls.poll(&entry, 1, Timeout.Infinite) < 0 && Marshal.GetLastPInvokeError() is var error and not SocketCalls.Interrupted)
        {
            throw new IOException($"Waiting for a Python program failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
        }
    }
}
