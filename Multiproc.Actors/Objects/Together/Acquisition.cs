using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Multiproc.Objects.Together;

/// <summary>
/// Acquires several objects in one order that all processes have in common: by node and number, or by the name in a cluster. So those who acquire several at
/// once never wait for each other in a circle.
/// </summary>
internal static class Acquisition
{
    /// <summary>Puts them in order.</summary>
    /// <exception cref="ArgumentException">There is none, or one of them twice.</exception>
    /// <exception cref="ArgumentNullException">There is no list, or a null in it.</exception>
    public static Acquirable[] InOrder(IEnumerable<IAcquirable> locks, bool isAsync)
    {
        ArgumentNullException.ThrowIfNull(locks);
        Acquirable[] all = [.. locks.Select(static each => each?.Acquirable ?? throw new ArgumentNullException(nameof(locks), "One of the locks is null."))];
        if (all.Length == 0)
        {
            throw new ArgumentException("There are no locks to acquire: give at least one.", nameof(locks));
        }

        if (isAsync && Array.Find(all, static each => each.AcquireAsync is null) is { } ofThread)
        {
            throw new ArgumentException(
                $"{ofThread.Owner.Identity} belongs to its thread, so it cannot be acquired asynchronously: use {nameof(Mp.AcquireAll)}, or a "
                + $"{nameof(SharedLock)}.",
                nameof(locks));
        }

        Array.Sort(all, static (one, other) => string.CompareOrdinal(one.Owner.Handle.Order, other.Owner.Handle.Order));
        for (int i = 1; i < all.Length; i++)
        {
            if (all[i].Owner.Handle.Order == all[i - 1].Owner.Handle.Order)
            {
                throw new ArgumentException(
                    $"{all[i].Owner.Identity} is there twice, so this call could wait for itself: give each lock once, and of a read-write lock one side.",
                    nameof(locks));
            }
        }

        return all;
    }

    public static HeldLocks Acquire(Acquirable[] all, WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long begun = Stopwatch.GetTimestamp();
        int held = 0;
        try
        {
            while (held < all.Length && all[held].Acquire(timeout.Less(Stopwatch.GetElapsedTime(begun)).Limit, cancellation))
            {
                held++;
            }
        }
        catch (Exception failure)
        {
            ReleaseAfter(failure, all, held);
            throw;
        }

        return AllOrNothing(all, held, timeout);
    }

    public static async ValueTask<HeldLocks> AcquireAsync(Acquirable[] all, WaitTimeout timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long begun = Stopwatch.GetTimestamp();
        int held = 0;
        try
        {
            while (held < all.Length && await all[held].AcquireAsync!(timeout.Less(Stopwatch.GetElapsedTime(begun)).Limit, cancellation).ConfigureAwait(false))
            {
                held++;
            }
        }
        catch (Exception failure)
        {
            ReleaseAfter(failure, all, held);
            throw;
        }

        return AllOrNothing(all, held, timeout);
    }

    /// <summary>Releases the first ones, the last of them first: each, whatever becomes of the others.</summary>
    public static void Release(Acquirable[] all, int count)
    {
        var failures = Failures(all, count);
        if (failures.Count == 1)
        {
            ExceptionDispatchInfo.Throw(failures[0]);
        }
        else if (failures.Count > 1)
        {
            throw new AggregateException("Several locks could not be released.", failures);
        }
    }

    private static HeldLocks AllOrNothing(Acquirable[] all, int held, WaitTimeout timeout)
    {
        if (held == all.Length)
        {
            return new HeldLocks(all);
        }

        var late = new MultiprocTimeoutException(
            $"{all[held].Owner.Identity} was not free within {timeout}, so none of the {all.Length} locks is held: wait longer, or see who holds it by its "
            + $"Owner or {nameof(Mp.Inspect)}.");
        ReleaseAfter(late, all, held);
        throw late;
    }

    /// <summary>What cannot be released is told together with the failure that made it necessary.</summary>
    private static void ReleaseAfter(Exception failure, Acquirable[] all, int held)
    {
        var others = Failures(all, held);
        if (others.Count > 0)
        {
            throw new AggregateException("A lock could not be acquired, and others not be released after that.", [failure, .. others]);
        }
    }

    private static List<Exception> Failures(Acquirable[] all, int count)
    {
        var failures = new List<Exception>();
        for (int i = count - 1; i >= 0; i--)
        {
            try
            {
                all[i].Release();
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }

        return failures;
    }
}
