using System.Text;
using Multiproc.Peers;

namespace Multiproc;

/// <summary>Python's <c>multiprocessing.sharedctypes</c>: copies, locks for what has none, and text in arrays of bytes.</summary>
public static class SharedTypes
{
    /// <summary>Copies a value, read under its lock if it has one.</summary>
    /// <typeparam name="T">What the value is.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>An independent value of this process's node, without a lock.</returns>
    public static SharedValue<T> Copy<T>(SharedValue<T> value)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(value);
        return Mp.RawValue(value.Value);
    }

    /// <summary>Copies an array, read under its lock if it has one.</summary>
    /// <typeparam name="T">What the elements are.</typeparam>
    /// <param name="array">The array.</param>
    /// <returns>An independent array of this process's node, without a lock.</returns>
    public static SharedArray<T> Copy<T>(SharedArray<T> array)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        return Mp.RawArray<T>(array.ToArray());
    }

    /// <summary>Gives a raw value a lock. Both are the same memory; disposing one ends the other.</summary>
    /// <typeparam name="T">What the value is.</typeparam>
    /// <param name="raw">A value without a lock.</param>
    /// <param name="lock">Its lock; null (the default): a recursive one of its own.</param>
    /// <returns>The value with the lock.</returns>
    /// <exception cref="InvalidOperationException">It has a lock already.</exception>
    public static SharedValue<T> Synchronized<T>(SharedValue<T> raw, SharedLockBase? @lock = null)
        where T : unmanaged =>
        new(Raw(raw), MultiprocContext.Default.LockFor(@lock));

    /// <summary>Gives a raw array a lock. Both are the same memory; disposing one ends the other.</summary>
    /// <typeparam name="T">What the elements are.</typeparam>
    /// <param name="raw">An array without a lock.</param>
    /// <param name="lock">Its lock; null (the default): a recursive one of its own.</param>
    /// <returns>The array with the lock.</returns>
    /// <exception cref="InvalidOperationException">It has a lock already.</exception>
    public static SharedArray<T> Synchronized<T>(SharedArray<T> raw, SharedLockBase? @lock = null)
        where T : unmanaged =>
        new(Raw(raw), raw.Length, MultiprocContext.Default.LockFor(@lock));

    /// <summary>The text in an array of bytes, up to the first zero: <c>a.value</c> of a char array in Python. <see cref="SharedArray{T}.ToArray"/> is <c>a.raw</c>.</summary>
    /// <param name="array">UTF-8.</param>
    /// <returns>The text.</returns>
    public static string GetText(this SharedArray<byte> array)
    {
        ArgumentNullException.ThrowIfNull(array);
        byte[] bytes = array.ToArray();
        int end = Array.IndexOf(bytes, (byte)0);
        return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    /// <summary>Sets the text in an array of bytes; a zero follows it where there is room, what comes then stays.</summary>
    /// <param name="array">Gets UTF-8.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">It has more bytes than the array.</exception>
    public static void SetText(this SharedArray<byte> array, string text)
    {
        ArgumentNullException.ThrowIfNull(array);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > array.Length)
        {
            throw new ArgumentException($"The text has {bytes.Length} bytes as UTF-8 and does not fit {array}.", nameof(text));
        }

        array.SetSlice(..Math.Min(bytes.Length + 1, array.Length), [.. bytes, .. new byte[bytes.Length < array.Length ? 1 : 0]]);
    }

    private static ObjectHandle Raw(SynchronizedObject raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        raw.Handle.ThrowIfDisposed();
        return raw.HasLock ? throw new InvalidOperationException($"{raw} has a lock already: GetLock() is it.") : raw.Handle;
    }
}
