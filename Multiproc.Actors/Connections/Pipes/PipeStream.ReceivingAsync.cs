using Multiproc.Transport;

namespace Multiproc.Connections.Pipes;

/// <content>Asynchronous receiving. It waits for the socket, at which the sender signals.</content>
internal sealed partial class PipeStream
{
    public override ValueTask<bool> PollAsync(Deadline deadline, CancellationToken cancellation)
    {
        RequireReadable();
        return AwaitDataAsync(deadline, inside: false, cancellation);
    }

    public override async ValueTask<byte[]> ReceiveAsync(long? limit, Deadline deadline, CancellationToken cancellation)
    {
        await EnterAsync(Receiving, deadline, cancellation).ConfigureAwait(false);
        try
        {
            RequireReadable();
            using var hold = new Lease(Endpoint);
            var pipe = Pipe;
            long size = await BeginAsync(pipe, deadline, cancellation).ConfigureAwait(false);
            try
            {
                RequireSize(size, Math.Min(limit ?? System.Array.MaxLength, System.Array.MaxLength));
                return await ReceiveBodyAsync(pipe, (int)size, cancellation).ConfigureAwait(false);
            }
            finally
            {
                End(pipe);
            }
        }
        finally
        {
            Receiving.Release();
        }
    }

    public override async ValueTask<int> ReceiveIntoAsync(Memory<byte> target, Deadline deadline, CancellationToken cancellation)
    {
        await EnterAsync(Receiving, deadline, cancellation).ConfigureAwait(false);
        try
        {
            RequireReadable();
            using var hold = new Lease(Endpoint);
            var pipe = Pipe;
            long size = await BeginAsync(pipe, deadline, cancellation).ConfigureAwait(false);
            try
            {
                RequireSize(size, System.Array.MaxLength);
                if (size > target.Length)
                {
                    throw new BufferTooShortException(await ReceiveBodyAsync(pipe, (int)size, cancellation).ConfigureAwait(false), target.Length);
                }

                await CopyOutAsync(pipe, target[..(int)size], cancellation).ConfigureAwait(false);
                return (int)size;
            }
            finally
            {
                End(pipe);
            }
        }
        finally
        {
            Receiving.Release();
        }
    }

    private async ValueTask<long> BeginAsync(PipeHandle pipe, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            if (!await AwaitDataAsync(deadline, inside: false, cancellation).ConfigureAwait(false))
            {
                throw TimedOut();
            }

            while (!TryEnterReceiving(pipe))
            {
                GiveUpReceiving(deadline, cancellation);
                await Task.Delay(PipeTurn.CheckAgain, cancellation).ConfigureAwait(false);
            }

            if (TryBegin(pipe) is { } size)
            {
                return size;
            }

            ThrowIfAtEnd(pipe);
        }
    }

    private async ValueTask<byte[]> ReceiveBodyAsync(PipeHandle pipe, int size, CancellationToken cancellation)
    {
        byte[] buffer = [];
        for (int done = 0; done < size;)
        {
            int until = Grow(ref buffer, done, size);
            await CopyOutAsync(pipe, buffer.AsMemory(done, until - done), cancellation).ConfigureAwait(false);
            done = until;
        }

        return buffer;
    }

    private async ValueTask CopyOutAsync(PipeHandle pipe, Memory<byte> target, CancellationToken cancellation)
    {
        while (!target.IsEmpty)
        {
            int taken = Take(pipe, target.Span);
            target = target[taken..];
            if (taken == 0 && !TryNext(pipe))
            {
                await AwaitMoreAsync(pipe, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask AwaitMoreAsync(PipeHandle pipe, CancellationToken cancellation)
    {
        try
        {
            await AwaitDataAsync(Deadline.Never, inside: true, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            BreakReceiving();
            throw;
        }

        ThrowIfCutOff(pipe);
    }

    /// <returns>False if the time ran out; true if there is something to read, or nothing will come.</returns>
    private async ValueTask<bool> AwaitDataAsync(Deadline deadline, bool inside, CancellationToken cancellation)
    {
        using var hold = new Lease(Endpoint);
        var pipe = Pipe;
        if (pipe.Reader.HasUnread)
        {
            return true;
        }

        var pulse = new Pulse();
        using var poll = new BellPoll(Endpoint, pipe, pulse);
        while (true)
        {
            pulse.Reset();
            cancellation.ThrowIfCancellationRequested();
            Endpoint.ThrowIfClosed();
            pipe.ArmData();
            if (IsReady() || (inside && !IsSending(pipe)))
            {
                return true;
            }

            if (deadline.HasPassed)
            {
                return false;
            }

            await poll.SleepAsync(inside ? deadline.OrIn(PipeTurn.CheckAgain) : deadline, cancellation).ConfigureAwait(false);
        }
    }

    private unsafe int Take(PipeHandle pipe, Span<byte> target)
    {
        fixed (byte* start = target)
        {
            return Take(pipe, start, target.Length);
        }
    }

    private static unsafe bool IsSending(PipeHandle pipe) => PipeTurn.IsHeld(&pipe.Other->SendTurn);

    private static unsafe bool TryEnterReceiving(PipeHandle pipe) => PipeTurn.TryEnter(&pipe.Own->ReceiveTurn);

    /// <summary>Keeps the memory and the socket alive while a task uses them.</summary>
    private readonly struct Lease : IDisposable
    {
        private readonly Endpoint _endpoint;

        public Lease(Endpoint endpoint)
        {
            _endpoint = endpoint;
            endpoint.Acquire();
        }

        public void Dispose() => _endpoint.Release();
    }
}
