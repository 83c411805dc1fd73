using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>Inputs are taken as the caller takes results; results come in the order of the inputs, or in any.</summary>
internal sealed class ImapJob<TInput, TResult>(int id, bool takesToken, Payload definition, bool ordered, CallSettings settings) : PoolJob(id, settings)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, TInput> _inputs = [];
    private readonly Queue<Outcome> _results = new();

    /// <summary>Results that came before their turn.</summary>
    private readonly Dictionary<long, Outcome> _early = [];

    private long _turn;
    private CancellationTokenRegistration _registration;
    private bool _finished;
    private Exception? _broken;

    public override HashSet<int> KnownTo { get; } = [];

    public override bool TakesToken => takesToken;

    /// <summary>Completed when there is something new for the caller.</summary>
    public WaitSlot Changed { get; } = new();

    /// <summary>How many inputs were given in.</summary>
    public long Inputs { get; private set; }

    public bool InputEnded { get; set; }

    protected override long? Total => InputEnded ? Inputs : KnownTotal;

    /// <summary>How many inputs there will be, when their collection says so before it is read.</summary>
    public long? KnownTotal { get; init; }

    public void AddInput(TInput input)
    {
        lock (_gate)
        {
            _inputs.Add(Inputs++, input);
        }
    }

    /// <summary>Lets a token end the job: its caller at once.</summary>
    public void CancelWith(CancellationToken cancellation, Action cancel)
    {
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(
                _ =>
                {
                    cancel();
                    lock (_gate)
                    {
                        _results.Clear();
                    }

                    OnFinished(new OperationCanceledException(cancellation));
                },
                null);
        }
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

    public override string Describe(long task)
    {
        lock (_gate)
        {
            return _inputs.TryGetValue(task, out var input) ? TaskSummary.Of(input) : "(gone)";
        }
    }

    protected override void WriteWork(WireWriter writer) => writer.Raw(definition.Bytes.Span);

    /// <summary>An input is kept until its result is there: its worker may die and another one need it.</summary>
    protected override void WriteInputValue(WireWriter writer, long task)
    {
        TInput input;
        lock (_gate)
        {
            input = _inputs[task];
        }

        Serializer.Serialize(writer, input);
    }

    protected override void OnFinished(Exception? broken)
    {
        lock (_gate)
        {
            if (!_finished)
            {
                _finished = true;
                _broken = broken;
            }

            _registration.Unregister();
        }

        Changed.Complete();
    }

    protected override void OnValue(long task, ref WireReader reader) => Add(task, new Outcome(Serializer.Deserialize<TResult>(ref reader), null));

    protected override void OnFailure(long task, Exception failure) => Add(task, new Outcome(default, failure));

    private void Add(long task, Outcome outcome)
    {
        lock (_gate)
        {
            _inputs.Remove(task);
            if (_finished)
            {
                return;
            }

            if (!ordered)
            {
                _results.Enqueue(outcome);
            }
            else if (task != _turn)
            {
                _early.Add(task, outcome);
                return;
            }
            else
            {
                do
                {
                    _results.Enqueue(outcome);
                }
                while (_early.Remove(++_turn, out outcome));
            }
        }

        Changed.Complete();
    }

    private readonly record struct Outcome(TResult? Value, Exception? Failure);
}
