using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>
/// The job of a Map: has all inputs from the start and collects all results in their order. The first failure is thrown when all tasks are done.
/// </summary>
internal sealed class MapJob<TInput, TResult>(int id, bool takesToken, Payload definition, TInput[] inputs, CallSettings settings, ResultSink<TResult[]> sink)
    : PoolJob(id, settings)
{
    private readonly TResult[] _results = new TResult[inputs.Length];
    private Exception? _failure;

    public override string Kind => "map";

    public override HashSet<int> KnownTo { get; } = [];

    public override bool TakesToken => takesToken;

    protected override long? Total => inputs.Length;

    protected override bool InputOf(long task, out object? input)
    {
        input = inputs[task];
        return true;
    }

    protected override void WriteWork(WireWriter writer) => writer.Raw(definition.Bytes.Span);

    public override void WriteInputs(WireWriter writer, long first, int count, int largest)
    {
        if (!Packed<TInput>.Is)
        {
            base.WriteInputs(writer, first, count, largest);
            return;
        }

        writer.Bool(true);
        writer.Raw(Packed<TInput>.Bytes(inputs, (int)first, count));
    }

    protected override void WriteInputValue(WireWriter writer, long task) => Serializer.Serialize(writer, inputs[task]);

    protected override void OnFinished(Exception? broken)
    {
        if ((_failure ?? broken) is { } failure)
        {
            sink.Fail(failure);
        }
        else
        {
            sink.Succeed(_results);
        }
    }

    protected override void OnValue(long task, ref WireReader reader) => _results[task] = Serializer.Deserialize<TResult>(ref reader);

    protected override int OnPackedValues(long first, int size, ReadOnlySpan<byte> values)
    {
        int count = Packed<TResult>.Count(values, size);
        if (first < 0 || first > _results.Length - count)
        {
            throw new SerializationException($"Malformed frame: results {first} to {first + count - 1} of {_results.Length} tasks.");
        }

        Packed<TResult>.Copy(values, _results.AsSpan((int)first, count));
        return count;
    }

    protected override void OnFailure(long task, Exception failure) => _failure ??= failure;
}
