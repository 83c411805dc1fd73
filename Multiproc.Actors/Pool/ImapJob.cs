using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>Inputs are taken as the caller takes results; results come in any order.</summary>
internal sealed class ImapJob<TInput, TResult>(int id, Func<TInput, TResult> target, IProgress<PoolProgress>? progress)
    : PoolJob(id, new JobWork<TInput, TResult>(target), progress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, TInput> _inputs = [];
    private readonly Queue<(TResult? Value, Exception? Failure)> _results = new();
    private bool _finished;
    private Exception? _broken;

    /// <summary>How many inputs were given in.</summary>
    public long Inputs { get; private set; }

    public bool InputEnded { get; set; }

    protected override long? Total => InputEnded ? Inputs : null;

    public void AddInput(TInput input)
    {
        lock (_gate)
        {
            _inputs.Add(Inputs++, input);
        }
    }

    /// <summary>An input is kept until its result is there: its worker may die and another one need it.</summary>
    public override void WriteInput(WireWriter writer, long task)
    {
        TInput input;
        lock (_gate)
        {
            input = _inputs[task];
        }

        Serializer.Serialize(writer, input);
    }

    public override void OnFinished(Exception? broken)
    {
        lock (_gate)
        {
            _finished = true;
            _broken = broken;
        }

        Changed.Complete();
    }

    /// <summary>Null: nothing is there yet. Otherwise whether there was a result, and which.</summary>
    public bool? TryTake(out TResult? value, out Exception? failure)
    {
        lock (_gate)
        {
            if (_results.TryDequeue(out var result))
            {
                (value, failure) = result;
                return true;
            }

            value = default;
            failure = _broken;
            _broken = null;
            if (failure is not null)
            {
                return true;
            }

            if (_finished)
            {
                return false;
            }

            Changed.Reset();
            return null;
        }
    }

    protected override void OnValue(long task, ref WireReader reader) => Add(task, Serializer.Deserialize<TResult>(ref reader), null);

    protected override void OnFailure(long task, Exception failure) => Add(task, default, failure);

    private void Add(long task, TResult? value, Exception? failure)
    {
        lock (_gate)
        {
            _inputs.Remove(task);
            _results.Enqueue((value, failure));
        }

        Changed.Complete();
    }
}
