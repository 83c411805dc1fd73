using System.Runtime.ExceptionServices;
using Multiproc.Peers;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc.Pool.Workers;

/// <summary>
/// Runs tasks of asynchronous functions at the same time, on the thread pool, beside the chunks of the worker's thread. Told of everything by the thread that
/// delivers messages, which must not run code of the user.
/// </summary>
internal sealed class ConcurrentTasks(Peer parent, long maxMemory)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Lazy<WorkerJob>> _jobs = [];
    private readonly Dictionary<(int Job, long Task), ConcurrentTask> _running = [];
    private readonly HashSet<int> _cancelled = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _leaving;
    private bool _saidGrown;

    /// <summary>Keeps the definition of a job, which is read by its first task.</summary>
    public void Define(int job, ReadOnlyMemory<byte> definition)
    {
        lock (_gate)
        {
            _jobs[job] = new Lazy<WorkerJob>(() => Read(definition));
        }
    }

    public void Forget(int job)
    {
        lock (_gate)
        {
            _jobs.Remove(job);
            _cancelled.Remove(job);
        }
    }

    /// <summary>Begins a task of a defined job.</summary>
    public void Begin(int job, long task, ReadOnlyMemory<byte> input)
    {
        lock (_gate)
        {
            Begin(new ConcurrentTask(job, task, _jobs[job], input));
        }
    }

    /// <summary>Begins the only task of a job, whose function is sent with it.</summary>
    public void BeginSingle(int job, ReadOnlyMemory<byte> definitionAndInput)
    {
        lock (_gate)
        {
            Begin(new ConcurrentTask(job, 0, null, definitionAndInput));
        }
    }

    public void Cancel(int job)
    {
        lock (_gate)
        {
            _cancelled.Add(job);
            foreach (var running in _running.Values.Where(running => running.Job == job))
            {
                running.CancelToken();
            }
        }
    }

    public void SetOverdue(int job, long task)
    {
        lock (_gate)
        {
            if (_running.TryGetValue((job, task), out var running))
            {
                running.IsOverdue = true;
                running.CancelToken();
            }
        }
    }

    /// <summary>Ends this process if it is still running a task of the job, or the task, if one is given.</summary>
    public void EndProcessIfAt(int job, long? task = null)
    {
        lock (_gate)
        {
            if (task is { } place ? _running.ContainsKey((job, place)) : _running.Keys.Any(running => running.Job == job))
            {
                ProcessEnd.Immediately();
            }
        }
    }

    /// <summary>
    /// Begins no more tasks, cancels those that run, and waits until they have ended: for a worker that is a thread of a program which goes on.
    /// </summary>
    public void Leave()
    {
        lock (_gate)
        {
            _leaving = true;
            foreach (var running in _running.Values)
            {
                running.CancelToken();
            }

            if (_running.Count == 0)
            {
                return;
            }
        }

        _idle.Task.GetAwaiter().GetResult();
    }

    private static WorkerJob Read(ReadOnlyMemory<byte> definition)
    {
        var reader = new WireReader(definition.Span);
        return WorkerJob.Read(ref reader);
    }

    private void Begin(ConcurrentTask task)
    {
        if (!_leaving)
        {
            _running.Add((task.Job, task.Task), task);
            ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Tasks.RunAsync(state.Task), (Tasks: this, Task: task), preferLocal: false);
        }
    }

    private async Task RunAsync(ConcurrentTask task)
    {
        try
        {
            await RunAndSendAsync(task).ConfigureAwait(false);
        }
        catch (ConnectionLostException)
        {
            // The pool is gone, and with it whoever waits for the result; this process ends, too.
        }
        catch (Exception fault)
        {
            // Not of the user's function, which is a result. It ends the process, as one on the worker's own thread does, and the pool sees that.
            ThreadPool.UnsafeQueueUserWorkItem(static thrown => ExceptionDispatchInfo.Throw(thrown), fault, preferLocal: false);
        }
        finally
        {
            End(task);
        }
    }

    private async Task RunAndSendAsync(ConcurrentTask task)
    {
        var frame = new ConcurrentFrame(task);
        if (IsCancelled(task.Job))
        {
            frame.EndWithoutResult();
        }
        else
        {
            await frame.RunAsync(parent, IsCancelled).ConfigureAwait(false);
        }

        // Before the result, since the pool may have nothing more for this worker when it has that.
        if (maxMemory > 0 && !_saidGrown && Environment.WorkingSet > maxMemory)
        {
            _saidGrown = true;
            parent.Send(Message(PoolMessage.Grown));
        }

        parent.Send(frame.Writer);
    }

    private void End(ConcurrentTask task)
    {
        lock (_gate)
        {
            _running.Remove((task.Job, task.Task));
            if (task.IsSingle)
            {
                _cancelled.Remove(task.Job);
            }

            if (_leaving && _running.Count == 0)
            {
                _idle.TrySetResult();
            }
        }
    }

    private bool IsCancelled(int job)
    {
        lock (_gate)
        {
            return _leaving || _cancelled.Contains(job);
        }
    }

    private static WireWriter Message(PoolMessage message)
    {
        var writer = new WireWriter();
        Peer.BeginService(writer, Service.Pool);
        writer.Byte((byte)message);
        return writer;
    }
}
