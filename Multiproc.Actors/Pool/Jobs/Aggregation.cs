using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>Adds up a slice of the inputs in a worker.</summary>
/// <param name="seed">The serialized seed: each slice begins with a copy of its own, since adding may change it.</param>
/// <param name="add">Adds an input.</param>
internal sealed class Aggregation<TInput, TSum>(byte[] seed, Func<TSum, TInput, TSum> add)
{
    public TSum Run(InputSlice<TInput> slice, CancellationToken cancellation)
    {
        var sum = Serializer.Unpack<TSum>(new Payload(seed));
        foreach (var input in slice.Inputs)
        {
            cancellation.ThrowIfCancellationRequested();
            sum = add(sum, input);
        }

        return sum;
    }
}
