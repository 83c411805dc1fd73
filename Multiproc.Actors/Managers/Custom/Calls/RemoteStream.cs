using System.Collections;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>
/// Items that another process produces while they are read. Can be read once, like the iterator there. A reader that stops early closes the stream by disposing
/// the enumerator, or by letting it be garbage collected.
/// </summary>
internal sealed class RemoteStream<T>(RemoteObject source, long number) : IAsyncEnumerable<T>, IEnumerable<T>
{
    private const int Batch = 64;

    private int _read;

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Begin();
        bool isOver = false;
        try
        {
            while (!isOver)
            {
                (var items, isOver) = await source.NextAsync(number, Batch, cancellationToken).ConfigureAwait(false);
                foreach (var item in items)
                {
                    yield return (T)Serializer.Unpack<object?>(item)!;
                }
            }
        }
        finally
        {
            Leave(isOver);
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        Begin();
        bool isOver = false;
        try
        {
            while (!isOver)
            {
                (var items, isOver) = source.Next(number, Batch);
                foreach (var item in items)
                {
                    yield return (T)Serializer.Unpack<object?>(item)!;
                }
            }
        }
        finally
        {
            Leave(isOver);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Begin()
    {
        if (Interlocked.Exchange(ref _read, 1) != 0)
        {
            throw new InvalidOperationException($"This stream of {source.Name} was read before: it can be read once. Call the method again.");
        }
    }

    private void Leave(bool isOver)
    {
        if (!isOver)
        {
            source.Leave(number);
        }
    }
}
