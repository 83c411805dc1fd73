using System.Collections.Concurrent;
using System.Diagnostics;
using Multiproc.Kernel;
using Multiproc.Objects;
using Multiproc.Objects.Peers;
using Multiproc.Pool;
using Multiproc.Pool.Workers;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// Worker processes that run tasks. A task that kills its worker fails alone, with a <see cref="WorkerDiedException"/>; the worker is
/// replaced and all other tasks go on. May be used from any thread of its process.
/// </summary>
/// <example>
/// <code>
/// using var pool = Mp.Pool(4);
/// int[] squares = pool.Map(static x => x * x, Enumerable.Range(0, 100));
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ProcessPool : IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, PoolMember> _members = new();
    private readonly ConcurrentDictionary<int, PoolJob> _jobs = new();
    private readonly PoolOptions _options;
    private readonly int _workers;
    private readonly ActorRef _scheduler;
    private int _lastJob;
    private int _lastWorker;
    private volatile Exception? _broken;
    private volatile string _lastFailedStart = "";
    private volatile bool _closed;
    private volatile bool _terminated;

    internal ProcessPool(int workers, PoolOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        options.Validate();
        _workers = workers;
        _options = options;
        _scheduler = Home.Current.Actors.Spawn(() => new PoolActor(new PoolState(options.StartAttempts), Perform), dispatcher: Dispatcher.Inline);
        try
        {
            for (int i = 0; i < workers; i++)
            {
                StartMember();
            }
        }
        catch
        {
            Terminate();
            throw;
        }
    }

    /// <summary>The process ids of the workers at the moment.</summary>
    public IReadOnlyList<int> WorkerPids => [.. _members.Values.Where(static member => member.Process.IsAlive).Select(static member => member.Process.Pid!.Value)];

    /// <summary>Runs a function over all inputs and gives the results in the order of the inputs.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read to the end before the first task begins.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="progress">Told from time to time how far the job is, on a thread of the pool.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped.</param>
    /// <returns>The results.</returns>
    /// <exception cref="WorkerDiedException">A worker ended while it ran a task; thrown when all other tasks are done.</exception>
    /// <exception cref="SerializationException">The function, an input or a result cannot be sent.</exception>
    /// <exception cref="ProcessStartException">Workers die before they can run anything.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <remarks>What the function threw is thrown here as itself, when all other tasks are done; its stack trace begins in the worker.</remarks>
    public TResult[] Map<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null, CancellationToken cancellation = default)
    {
        var job = SubmitMap(function, inputs, chunkSize, progress);
        if (job is null)
        {
            return [];
        }

        if (!Reactor.Current.WaitUntil(job.Changed, null, cancellation))
        {
            Cancel(job, cancellation);
        }

        return job.Completion.GetAwaiter().GetResult();
    }

    /// <summary>The same as <see cref="Map"/>, without a blocked thread.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read to the end before the first task begins.</param>
    /// <param name="chunkSize">How many tasks go in one piece; by default four pieces for each worker.</param>
    /// <param name="progress">Told from time to time how far the job is, on a thread of the pool.</param>
    /// <param name="cancellation">Gives up: tasks that have not begun are dropped.</param>
    /// <returns>The results.</returns>
    /// <exception cref="WorkerDiedException">A worker ended while it ran a task.</exception>
    /// <exception cref="SerializationException">The function, an input or a result cannot be sent.</exception>
    /// <exception cref="ProcessStartException">Workers die before they can run anything.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public async Task<TResult[]> MapAsync<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize = null, IProgress<PoolProgress>? progress = null, CancellationToken cancellation = default)
    {
        var job = SubmitMap(function, inputs, chunkSize, progress);
        if (job is null)
        {
            return [];
        }

        var registration = cancellation.UnsafeRegister(_ => Cancel(job, cancellation), null);
        await using (registration.ConfigureAwait(false))
        {
            return await job.Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Runs a function over inputs and gives results as they come, in any order.</summary>
    /// <typeparam name="TInput">What the function takes; anything that can be sent.</typeparam>
    /// <typeparam name="TResult">What it gives; anything that can be sent.</typeparam>
    /// <param name="function">Runs in the workers; a lambda's captured values are sent along.</param>
    /// <param name="inputs">Read while results are taken, so it may be endless; see <see cref="PoolOptions.MaxInFlight"/>.</param>
    /// <param name="chunkSize">How many tasks go in one piece; default 1.</param>
    /// <param name="progress">Told from time to time how far the job is, on a thread of the pool.</param>
    /// <returns>The results; a task's exception is thrown by the step that reaches it, and enumeration can go on.</returns>
    /// <exception cref="SerializationException">The function cannot be sent.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A chunk size below 1.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    public PoolResults<TResult> ImapUnordered<TInput, TResult>(
        Func<TInput, TResult> function, IEnumerable<TInput> inputs, int chunkSize = 1, IProgress<PoolProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);
        RequireOpen();
        var job = new ImapJob<TInput, TResult>(Interlocked.Increment(ref _lastJob), function, progress);
        _jobs.TryAdd(job.Id, job);
        Tell(new PoolCommand.Submit(job.Id, 0, chunkSize, Ended: false));
        return new PoolResults<TResult>(new ImapFeed<TInput, TResult>(job, inputs.GetEnumerator(), Math.Max(_options.MaxInFlight, chunkSize), Tell));
    }

    /// <summary>Takes no more jobs; workers leave when all is done. May be called again.</summary>
    public void Close()
    {
        if (!_closed)
        {
            _closed = true;
            Tell(new PoolCommand.Close());
        }
    }

    /// <summary>Ends the workers at once, whatever they do; calls that wait fail. May be called again.</summary>
    public void Terminate()
    {
        _closed = true;
        _terminated = true;
        foreach (var member in _members.Values)
        {
            if (member.Process.Pid is not null)
            {
                member.Process.Kill();
            }
        }

        foreach (var job in _jobs.Values)
        {
            if (_jobs.TryRemove(job.Id, out _))
            {
                job.OnFinished(new InvalidOperationException("The pool was terminated before this job was done."));
            }
        }
    }

    /// <summary>Waits until all workers have left; call <see cref="Close"/> or <see cref="Terminate"/> before.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero or less not at all.</param>
    /// <returns>False when some had not left in time.</returns>
    /// <exception cref="InvalidOperationException">The pool is still running.</exception>
    public bool Join(TimeSpan? timeout = null)
    {
        if (!_closed)
        {
            throw new InvalidOperationException("The pool is still running: call Close() or Terminate() before Join().");
        }

        var until = Deadline.In(timeout);
        foreach (var member in _members.Values)
        {
            if (!member.Process.Exited.Wait(WaitTime.Of(until.Remaining)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends the workers at once and waits until they have left.</summary>
    public void Dispose()
    {
        Terminate();
        Join();
        _scheduler.StopGracefully();
    }

    /// <summary>The same as <see cref="Dispose"/>, on a thread of the pool.</summary>
    /// <returns>A task that ends when the workers have left.</returns>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    /// <summary>State and size, as Python's repr().</summary>
    /// <returns>For example "ProcessPool(4 workers, running)".</returns>
    public override string ToString() =>
        $"ProcessPool({_workers} workers, {(_broken is not null ? "broken" : _terminated ? "terminated" : _closed ? "closed" : "running")})";

    private MapJob<TInput, TResult>? SubmitMap<TInput, TResult>(Func<TInput, TResult> function, IEnumerable<TInput> inputs, int? chunkSize, IProgress<PoolProgress>? progress)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        if (chunkSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(chunkSize));
        }

        RequireOpen();

        // A copy: the caller may change its list while the job runs, and a list of its own may throw.
        TInput[] all = [.. inputs];
        if (all.Length == 0)
        {
            return null;
        }

        var job = new MapJob<TInput, TResult>(Interlocked.Increment(ref _lastJob), function, all, progress);
        _jobs.TryAdd(job.Id, job);
        Tell(new PoolCommand.Submit(job.Id, all.Length, chunkSize ?? Chunks.Automatic(all.Length, _workers), Ended: true));
        return job;
    }

    private void Cancel<TInput, TResult>(MapJob<TInput, TResult> job, CancellationToken cancellation)
    {
        Tell(new PoolCommand.Cancel(job.Id));
        job.OnCancelled(cancellation);
    }

    private void RequireOpen()
    {
        if (_broken is { } broken)
        {
            throw new ProcessStartException($"The pool is broken: {broken.Message}", broken);
        }

        if (_closed)
        {
            throw new InvalidOperationException("Pool not running: it was closed or terminated, and takes no more jobs.");
        }
    }

    private void Tell(PoolCommand command)
    {
        // The scheduling may run on this thread, and what it sends must not block it.
        using (Reactor.EnterHandler())
        {
            _scheduler.Tell(command);
        }
    }

    private void Perform(PoolEffect effect)
    {
        switch (effect)
        {
            case PoolEffect.Send send:
                Send(_members[send.Worker], send);
                break;
            case PoolEffect.TaskLost lost:
                LoseTask(_members[lost.Worker], lost);
                break;
            case PoolEffect.JobFinished finished:
                Finish(finished.Job);
                break;
            case PoolEffect.StartWorker when !_terminated:
                ThreadPool.UnsafeQueueUserWorkItem(_ => Replace(), null);
                break;
            case PoolEffect.RetireWorker retire:
                TellMember(_members[retire.Worker], PoolMessage.Stop, 0, Wake.Always);
                break;
            case PoolEffect.Broken:
                _broken ??= new ProcessStartException($"{_options.StartAttempts} workers in a row ended before they were ready. The last: {_lastFailedStart}");
                break;
        }
    }

    private void Send(PoolMember member, PoolEffect.Send send)
    {
        if (!_jobs.TryGetValue(send.Job, out var job) || member.Peer is not { IsLost: false } peer)
        {
            return; // Terminated, or the worker is gone: its end is told to the scheduling, which gives the chunk to another.
        }

        try
        {
            if (job.KnownTo.Add(member.Id))
            {
                var define = Begin(peer, PoolMessage.Define, job.Id);
                define.Raw(job.Definition.Bytes.Span);
                peer.Send(define, Wake.WhenWaiting);
            }

            peer.Send(WriteChunk(peer, job, send), Wake.WhenWaiting);
        }
        catch (ConnectionLostException)
        {
            // As above.
        }
    }

    private static WireWriter WriteChunk(Peer peer, PoolJob job, PoolEffect.Send send)
    {
        var writer = Begin(peer, PoolMessage.Run, job.Id);
        writer.VarUInt((ulong)send.First);
        writer.VarUInt((uint)send.Count);
        for (int i = 0; i < send.Count; i++)
        {
            int length = writer.Length;
            writer.Int32(0);
            try
            {
                job.WriteInput(writer, send.First + i);
                writer.PatchInt32(length, writer.Length - length - sizeof(int));
            }
            catch (Exception unsendable)
            {
                // Not only what cannot be sent: a collection of the caller's may throw while it is read.
                writer.Truncate(length + sizeof(int));
                writer.PatchInt32(length, PoolWorker.UnsendableInput);
                writer.String(unsendable is SerializationException ? unsendable.Message : $"an input could not be read: {unsendable.GetType()}: {unsendable.Message}");
            }
        }

        return writer;
    }

    private void LoseTask(PoolMember member, PoolEffect.TaskLost lost)
    {
        if (_jobs.TryGetValue(lost.Job, out var job))
        {
            job.OnFailed(lost.Task, new WorkerDiedException(member.Process.Pid!.Value, member.Process.Exited.Result, lost.Task, member.Process.StderrTail().Trim()));
        }
    }

    private void Finish(int id)
    {
        if (!_jobs.TryRemove(id, out var job))
        {
            return;
        }

        foreach (int worker in job.KnownTo)
        {
            if (_members.TryGetValue(worker, out var member))
            {
                TellMember(member, PoolMessage.Forget, id, Wake.Never);
            }
        }

        job.OnFinished(_broken);
        job.ReportProgress();
    }

    private static WireWriter Begin(Peer peer, PoolMessage message, int job)
    {
        var writer = peer.BeginService(Service.Pool);
        writer.Byte((byte)message);
        writer.VarUInt((uint)job);
        return writer;
    }

    private static void TellMember(PoolMember member, PoolMessage message, int job, Wake wake)
    {
        try
        {
            if (member.Peer is { IsLost: false } peer)
            {
                peer.Send(Begin(peer, message, job), wake);
            }
        }
        catch (ConnectionLostException)
        {
            // It is gone, which is all that these messages could bring about.
        }
    }

    private void Replace()
    {
        try
        {
            if (!_terminated)
            {
                StartMember();
            }
        }
        catch (MultiprocException failure)
        {
            // Not the end yet: the scheduling counts it, and may try again.
            _lastFailedStart = failure.Message;
            Tell(new PoolCommand.WorkerGone(-1, 0, Started: false));
        }
    }

    private void StartMember()
    {
        int id = Interlocked.Increment(ref _lastWorker);
        PoolMember member = null!;
        var process = new ChildProcess(new PoolWorker(), $"PoolWorker-{id}", daemon: true)
        {
            SpawnOptions = new SpawnOptions(KeepStderrTail: true),
            Connecting = peer =>
            {
                member.Peer = peer;
                peer.Serve(Service.Pool, (Peer _, ref WireReader message) => OnMessage(member, ref message));
            },
        };
        member = new PoolMember(id, process);
        _members.TryAdd(id, member);
        try
        {
            process.Start();
        }
        catch
        {
            _members.TryRemove(id, out _);
            throw;
        }

        _ = process.Exited.ContinueWith(_ => OnExited(member), TaskScheduler.Default);
        if (_terminated)
        {
            process.Kill();
        }
    }

    /// <summary>On the thread that delivers messages.</summary>
    private void OnMessage(PoolMember member, ref WireReader reader)
    {
        byte kind = reader.Byte();
        switch ((PoolMessage)kind)
        {
            case PoolMessage.Result:
                int id = (int)reader.VarUInt();
                long task = (long)reader.VarUInt();
                if (_jobs.TryGetValue(id, out var job))
                {
                    job.OnResult(task, ref reader);
                }

                member.TasksDone++;
                break;
            case PoolMessage.Started:
                member.Started = true;
                break;
            case PoolMessage.ChunkDone:
                member.Started = false;
                member.TasksDone = 0;
                int of = (int)reader.VarUInt();
                _scheduler.Tell(new PoolCommand.ChunkDone(member.Id, TimeSpan.FromMicroseconds(Math.Min(reader.VarUInt(), int.MaxValue))));
                if (_jobs.TryGetValue(of, out var reported))
                {
                    reported.ReportProgress();
                }

                break;
            case PoolMessage.Ready:
                _scheduler.Tell(new PoolCommand.WorkerReady(member.Id));
                break;
            default:
                throw new SerializationException($"Malformed frame: pool message {kind} is not for a pool.");
        }
    }

    private void OnExited(PoolMember member)
    {
        if (!_terminated)
        {
            _lastFailedStart = member.Ending();
            Tell(new PoolCommand.WorkerGone(member.Id, member.TasksDone, member.Started));
        }

        // Kept while a Join may ask for it; a worker that was replaced is not asked for again.
        if (!_closed)
        {
            _members.TryRemove(member.Id, out _);
        }
    }
}
