using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>The job of an Imap: inputs are read while the caller takes results, which come in the order of the inputs or in any order.</summary>
internal sealed class ImapJob<TInput, TResult>(int id, bool takesToken, Payload definition, bool ordered, CallSettings settings) : PoolJob(id, settings)
{
    private readonly Lock _gate = new();
    private readonly TaskPlaces _places = new();

    // Indexed by place: an input is kept until its result has arrived, a result until it is taken.
    private TInput[] _inputs = [];
    private TResult?[] _values = [];
    private Exception?[]? _failures;
    private long _turn;
    private bool _cancelled;
    private CancellationTokenRegistration _registration;
    private bool _finished;
    private Exception? _broken;

    public override string Kind => "imap";

    public override HashSet<int> KnownTo { get; } = [];

    public override bool TakesToken => takesToken;

    /// <summary>Completed when a result has arrived or the job has ended.</summary>
    public WaitSlot Changed { get; } = new();

    /// <summary>Called when the job has ended for any reason, since no more inputs are needed.</summary>
    public Action? Over { get; set; }

    /// <summary>The number of inputs fed so far.</summary>
    public long Inputs { get; private set; }

    public bool InputEnded { get; set; }

    protected override long? Total => InputEnded ? Inputs : KnownTotal;

    /// <summary>The number of all inputs, if their collection knows it before it is read.</summary>
    public long? KnownTotal { get; init; }

    public void AddInput(TInput input)
    {
        lock (_gate)
        {
            int place = _places.Add(Inputs++);
            if (place >= _inputs.Length)
            {
                System.Array.Resize(ref _inputs, _places.Capacity);
                System.Array.Resize(ref _values, _places.Capacity);
            }

            _inputs[place] = input;
        }
    }

    /// <summary>Lets a token end the job; the caller's wait ends at once.</summary>
    public void CancelWith(CancellationToken cancellation, Action cancel)
    {
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(
                _ =>
                {
                    // In this order: a job without running tasks ends as soon as the scheduling gets the cancellation, and must not appear complete then.
                    End(new OperationCanceledException(cancellation), cancelled: true);
                    cancel();
                },
                null);
        }
    }

    /// <summary>Takes the next result: true if there was one or its task failed, false at the end, null if the next result has not arrived.</summary>
    public bool? TryTake(out TResult? value, out Exception? failure)
    {
        lock (_gate)
        {
            int place = _cancelled ? -1 : NextPlace();
            if (place >= 0)
            {
                value = _values[place];
                _values[place] = default;
                failure = place < (_failures?.Length ?? 0) ? _failures![place] : null;
                if (failure is not null)
                {
                    _failures![place] = null;
                }

                _places.Remove(place);
                return true;
            }

            value = default;
            failure = _broken;
            if (failure is not null)
            {
                // A cancelled job always reports its cancellation; any other failure is reported once.
                _broken = _cancelled ? failure : null;
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

    protected override bool InputOf(long task, out object? input)
    {
        lock (_gate)
        {
            int place = _places.Find(task);
            bool isThere = place >= 0 && !_places.HasEnded(place);
            input = isThere ? _inputs[place] : null;
            return isThere;
        }
    }

    protected override void WriteWork(WireWriter writer) => writer.Raw(definition.Bytes.Span);

    /// <summary>Writes an input, which is kept until its result arrives: if its worker dies, another worker needs it.</summary>
    protected override void WriteInputValue(WireWriter writer, long task)
    {
        TInput input;
        lock (_gate)
        {
            input = _inputs[_places.Find(task)];
        }

        Serializer.Serialize(writer, input);
    }

    protected override void OnFinished(Exception? broken) => End(broken, cancelled: false);

    protected override void OnValue(long task, ref WireReader reader) => Add(task, Serializer.Deserialize<TResult>(ref reader), null);

    protected override int OnPackedValues(long first, int size, ReadOnlySpan<byte> values)
    {
        int count = Packed<TResult>.Count(values, size);
        var reader = new WireReader(values);
        for (int i = 0; i < count; i++)
        {
            Add(first + i, Packed<TResult>.Read(ref reader), null);
        }

        return count;
    }

    protected override void OnFailure(long task, Exception failure) => Add(task, default, failure);

    private void End(Exception? broken, bool cancelled)
    {
        lock (_gate)
        {
            if (!_finished)
            {
                _finished = true;
                _cancelled = cancelled;
                _broken = broken;
            }

            _registration.Unregister();
        }

        Changed.Complete();
        Over?.Invoke();
    }

    private void Add(long task, TResult? value, Exception? failure)
    {
        lock (_gate)
        {
            int place = _places.Find(task);
            if (_finished || place < 0 || _places.HasEnded(place))
            {
                return;
            }

            _inputs[place] = default!;
            _values[place] = value;
            if (failure is not null)
            {
                if (place >= (_failures?.Length ?? 0))
                {
                    System.Array.Resize(ref _failures, _places.Capacity);
                }

                _failures![place] = failure;
            }

            _places.End(place, inLine: !ordered);
            if (ordered && task != _turn)
            {
                return;
            }
        }

        Changed.Complete();
    }

    /// <summary>Finds the place of the next result; -1 if it has not arrived.</summary>
    private int NextPlace()
    {
        if (!ordered)
        {
            return _places.TakeFirstEnded();
        }

        int place = _places.Find(_turn);
        if (place < 0 || !_places.HasEnded(place))
        {
            return -1;
        }

        _turn++;
        return place;
    }
}
