using System.Text;
using Multiproc.Peers;

namespace Multiproc;

/// <summary>
/// Copies shared values and arrays, adds locks to raw ones, and reads and writes text in arrays of bytes: Python's <c>multiprocessing.sharedctypes</c>.
/// </summary>
/// <example>
/// <code>
/// using var raw = Mp.RawValue(1);
/// var guarded = SharedTypes.Synchronized(raw); // The same memory, with a lock.
/// </code>
/// </example>
public static class SharedTypes
{
    /// <summary>Copies a shared value into one of its own, reading it under its lock if it has one.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>An independent value that lives in this process and has no lock.</returns>
    public static SharedValue<T> Copy<T>(SharedValue<T> value)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(value);
        return Mp.RawValue(value.Value);
    }

    /// <summary>Copies a shared array into one of its own, reading it under its lock if it has one.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <returns>An independent array that lives in this process and has no lock.</returns>
    public static SharedArray<T> Copy<T>(SharedArray<T> array)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        return Mp.RawArray<T>(array.ToArray());
    }

    /// <summary>Adds a lock to a raw value. Both use the same memory; disposing either one disposes both.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="raw">A value without a lock.</param>
    /// <param name="lock">The lock; null (the default) creates a recursive one.</param>
    /// <returns>The value with the lock.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="raw"/> has a lock already.</exception>
    public static SharedValue<T> Synchronized<T>(SharedValue<T> raw, SharedLockBase? @lock = null)
        where T : unmanaged =>
        new(Raw(raw), MultiprocContext.Default.LockFor(@lock));

    /// <summary>Adds a lock to a raw array. Both use the same memory; disposing either one disposes both.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="raw">An array without a lock.</param>
    /// <param name="lock">The lock; null (the default) creates a recursive one.</param>
    /// <returns>The array with the lock.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="raw"/> has a lock already.</exception>
    public static SharedArray<T> Synchronized<T>(SharedArray<T> raw, SharedLockBase? @lock = null)
        where T : unmanaged =>
        new(Raw(raw), raw.Length, MultiprocContext.Default.LockFor(@lock));

    /// <summary>
    /// Gets the text in an array of UTF-8 bytes, up to the first zero: <c>a.value</c> of a char array in Python. <see cref="SharedArray{T}.ToArray"/> is
    /// <c>a.raw</c>.
    /// </summary>
    /// <param name="array">The array.</param>
    /// <returns>The text.</returns>
    public static string GetText(this SharedArray<byte> array)
    {
        ArgumentNullException.ThrowIfNull(array);
        byte[] bytes = array.ToArray();
        int end = Array.IndexOf(bytes, (byte)0);
        return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    /// <summary>Writes text into an array of bytes, as UTF-8, with a zero behind it if there is room. The bytes after that are unchanged.</summary>
    /// <param name="array">The array.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The text has more bytes than the array.</exception>
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
