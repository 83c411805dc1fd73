using System.Collections.Concurrent;

namespace Multiproc.Tests.Transport;

/// <summary>Threads that run at once, with a bound; the first failure of any is the test's.</summary>
internal static class Together
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    public static void Run(int count, Action<int> body) =>
        Run([.. Enumerable.Range(0, count).Select(i => (Action)(() => body(i)))]);

    public static void Run(params Action[] bodies)
    {
        Running[] all = [.. bodies.Select(Start)];
        foreach (var each in all)
        {
            each.Finish();
        }
    }

    public static Running Start(Action body) => new(body);

    public sealed class Running
    {
        private readonly ConcurrentQueue<Exception> _failures = new();
        private readonly Thread _thread;

        public Running(Action body)
        {
            _thread = new Thread(() =>
            {
                try
                {
                    body();
                }
                catch (Exception failure)
                {
                    _failures.Enqueue(failure);
                }
            }) { IsBackground = true };
            _thread.Start();
        }

        /// <summary>Ended by itself within a bound and without a failure.</summary>
        public void Finish()
        {
            if (Failure() is { } failure)
            {
                throw new InvalidOperationException($"A thread of the test failed: {failure.Message}", failure);
            }
        }

        /// <summary>What it ended with.</summary>
        public Exception? Failure(TimeSpan? bound = null)
        {
            _thread.Join(bound ?? s_bound).ShouldBeTrue("a thread of the test did not end in time");
            return _failures.FirstOrDefault();
        }
    }
}
