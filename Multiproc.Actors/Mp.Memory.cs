using System.ComponentModel;
using System.Runtime.CompilerServices;
using Multiproc.Objects;

namespace Multiproc;

/// <content>Values and arrays in shared memory.</content>
public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.Value{T}(T, bool)"/>
    public static SharedValue<T> Value<T>(T value = default, bool @lock = true)
        where T : unmanaged =>
        Default.Value<T>(value, @lock);

    /// <inheritdoc cref="MultiprocContext.Value{T}(T, SharedLockBase?)"/>
    public static SharedValue<T> Value<T>(T value, SharedLockBase? @lock)
        where T : unmanaged =>
        Default.Value<T>(value, @lock);

    /// <inheritdoc cref="MultiprocContext.Value{T}(char, T, bool)"/>
    public static SharedValue<T> Value<T>(char typecode, T value, bool @lock = true)
        where T : unmanaged =>
        Default.Value<T>(typecode, value, @lock);

    /// <inheritdoc cref="MultiprocContext.Value{T}(char, T, SharedLockBase?)"/>
    public static SharedValue<T> Value<T>(char typecode, T value, SharedLockBase? @lock)
        where T : unmanaged =>
        Default.Value<T>(typecode, value, @lock);

    /// <inheritdoc cref="MultiprocContext.Value(char, DBNull?, bool)"/>
    [OverloadResolutionPriority(1)]
    public static SharedValue Value(char typecode, DBNull? value = null, bool @lock = true) =>
        Default.Value(typecode, (object?)null, @lock);

    /// <inheritdoc cref="MultiprocContext.Value(char, object?, bool)"/>
    public static SharedValue Value(char typecode, object? value, bool @lock = true) =>
        Default.Value(typecode, value, @lock);

    /// <inheritdoc cref="MultiprocContext.Value(char, SharedLockBase?)"/>
    public static SharedValue Value(char typecode, SharedLockBase? @lock) =>
        Default.Value(typecode, @lock: @lock);

    /// <inheritdoc cref="MultiprocContext.Value(char, bool)"/>
    [OverloadResolutionPriority(1)]
    public static SharedValue<bool> Value(char typecode, bool value) =>
        Default.Value<bool>(typecode, value);

    /// <inheritdoc cref="MultiprocContext.RawValue(char)"/>
    public static SharedValue RawValue(char typecode) =>
        Default.RawValue(typecode);

    /// <inheritdoc cref="MultiprocContext.Array{T}(char, bool)"/>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static SharedArray<T> Array<T>(char typecode, bool @lock = true)
        where T : unmanaged =>
        throw new NotSupportedException(Typecode.NeedsItems);

    /// <inheritdoc cref="MultiprocContext.Array{T}(char, SharedLockBase?)"/>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static SharedArray<T> Array<T>(char typecode, SharedLockBase? @lock)
        where T : unmanaged =>
        throw new NotSupportedException(Typecode.NeedsItems);

    /// <inheritdoc cref="MultiprocContext.RawArray{T}(char)"/>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static SharedArray<T> RawArray<T>(char typecode)
        where T : unmanaged =>
        throw new NotSupportedException(Typecode.NeedsItems);

    /// <inheritdoc cref="MultiprocContext.RawValue{T}(T)"/>
    public static SharedValue<T> RawValue<T>(T value = default)
        where T : unmanaged =>
        Default.RawValue<T>(value);

    /// <inheritdoc cref="MultiprocContext.RawValue{T}(char, T)"/>
    public static SharedValue<T> RawValue<T>(char typecode, T value)
        where T : unmanaged =>
        Default.RawValue<T>(typecode, value);

    /// <inheritdoc cref="MultiprocContext.Array{T}(int, bool)"/>
    public static SharedArray<T> Array<T>(int length, bool @lock = true)
        where T : unmanaged =>
        Default.Array<T>(length, @lock);

    /// <inheritdoc cref="MultiprocContext.Array{T}(int, SharedLockBase?)"/>
    public static SharedArray<T> Array<T>(int length, SharedLockBase? @lock)
        where T : unmanaged =>
        Default.Array<T>(length, @lock);

    /// <inheritdoc cref="MultiprocContext.Array{T}(ReadOnlySpan{T}, bool)"/>
    public static SharedArray<T> Array<T>(ReadOnlySpan<T> items, bool @lock = true)
        where T : unmanaged =>
        Default.Array<T>(items, @lock);

    /// <inheritdoc cref="MultiprocContext.Array{T}(ReadOnlySpan{T}, SharedLockBase?)"/>
    public static SharedArray<T> Array<T>(ReadOnlySpan<T> items, SharedLockBase? @lock)
        where T : unmanaged =>
        Default.Array<T>(items, @lock);

    /// <inheritdoc cref="MultiprocContext.Array{T}(char, ReadOnlySpan{T}, bool)"/>
    public static SharedArray<T> Array<T>(char typecode, ReadOnlySpan<T> items, bool @lock = true)
        where T : unmanaged =>
        Default.Array<T>(typecode, items, @lock);

    /// <inheritdoc cref="MultiprocContext.Array{T}(char, int, bool)"/>
    public static SharedArray<T> Array<T>(char typecode, int length, bool @lock = true)
        where T : unmanaged =>
        Default.Array<T>(typecode, length, @lock);

    /// <inheritdoc cref="MultiprocContext.Array(char, int, bool)"/>
    public static SharedArray Array(char typecode, int length, bool @lock = true) =>
        Default.Array(typecode, length, @lock);

    /// <inheritdoc cref="MultiprocContext.RawArray{T}(int)"/>
    public static SharedArray<T> RawArray<T>(int length)
        where T : unmanaged =>
        Default.RawArray<T>(length);

    /// <inheritdoc cref="MultiprocContext.RawArray{T}(ReadOnlySpan{T})"/>
    public static SharedArray<T> RawArray<T>(ReadOnlySpan<T> items)
        where T : unmanaged =>
        Default.RawArray<T>(items);

    /// <inheritdoc cref="MultiprocContext.RawArray{T}(char, ReadOnlySpan{T})"/>
    public static SharedArray<T> RawArray<T>(char typecode, ReadOnlySpan<T> items)
        where T : unmanaged =>
        Default.RawArray<T>(typecode, items);

    /// <inheritdoc cref="MultiprocContext.RawArray(char, int)"/>
    public static SharedArray RawArray(char typecode, int length) =>
        Default.RawArray(typecode, length);
}
