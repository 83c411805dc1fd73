using System.Collections.Concurrent;
using Multiproc.TestKit;
using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

/// <summary>A handler that keeps what it is told. <paramref name="onFrame"/> runs as the handler does: on the delivering thread.</summary>
internal sealed class FrameLog(Action<byte[]>? onFrame = null) : ILinkHandler
{
    private readonly ConcurrentQueue<byte[]> _frames = new();
    private readonly ConcurrentQueue<Exception?> _ends = new();
    private int _deliveredAfterEnd;

    public IReadOnlyList<byte[]> Frames => [.. _frames];

    public int Count => _frames.Count;

    public bool IsClosed => !_ends.IsEmpty;

    public void OnFrame(ReadOnlySpan<byte> frame)
    {
        if (IsClosed)
        {
            _deliveredAfterEnd++;
        }

        byte[] copy = frame.ToArray();
        _frames.Enqueue(copy);
        onFrame?.Invoke(copy);
    }

    public void OnClosed(Exception? reason) => _ends.Enqueue(reason);

    public void AwaitFrames(int count) => Await.Until($"{count} frames (have {Count})", () => Count >= count);

    /// <summary>Why the link ended: told exactly once, after the last frame.</summary>
    public Exception? AwaitEnd(TimeSpan? bound = null)
    {
        Await.Until("the end of the link", () => IsClosed, bound);
        _ends.ShouldHaveSingleItem();
        _deliveredAfterEnd.ShouldBe(0);
        return _ends.Single();
    }
}
