using System.Diagnostics.CodeAnalysis;

namespace Multiproc.Tests.States;

/// <summary>Messages that are under way as long as the history likes, in the order of their sender, and get lost with him.</summary>
/// <typeparam name="TMessage">What is sent.</typeparam>
internal sealed class SlowPost<TMessage>
    where TMessage : class
{
    private readonly Dictionary<int, Queue<TMessage>> _underWay = [];

    public bool IsEmpty => _underWay.Values.All(static queue => queue.Count == 0);

    public IReadOnlyList<int> Senders => [.. _underWay.Keys];

    public void Send(int process, TMessage message)
    {
        if (!_underWay.TryGetValue(process, out var queue))
        {
            _underWay.Add(process, queue = new());
        }

        queue.Enqueue(message);
    }

    public bool TryDeliver(int process, [NotNullWhen(true)] out TMessage? message)
    {
        message = null;
        return _underWay.TryGetValue(process, out var queue) && queue.TryDequeue(out message);
    }

    public void Lose(int process) => _underWay.Remove(process);
}
