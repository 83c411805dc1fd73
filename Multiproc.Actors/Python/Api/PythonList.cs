using System.Collections;

namespace Multiproc;

/// <summary>A list in a manager that runs in Python. Each operation is a call.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class PythonList<T> : IList<T>, IReadOnlyList<T>, IDisposable, Serialization.INotSendable
{
    /// <summary>Initializes a list from a proxy.</summary>
    /// <param name="proxy">The proxy of a list.</param>
    public PythonList(PythonProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        Proxy = proxy;
    }

    /// <summary>Gets the proxy, for all other methods of Python's list.</summary>
    public PythonProxy Proxy { get; }

    /// <summary>Gets the number of items.</summary>
    public int Count => Proxy.Call<int>("__len__");

    bool ICollection<T>.IsReadOnly => false;

    /// <summary>Gets or sets an item. A negative index counts from the end, as in Python.</summary>
    /// <param name="index">The index.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public T this[int index]
    {
        get => InRange(index, () => Proxy.Call<T>("__getitem__", index));
        set => InRange(index, () => Proxy.Call("__setitem__", index, value));
    }

    /// <summary>Adds an item at the end.</summary>
    /// <param name="item">The item.</param>
    public void Add(T item) => Proxy.Call("append", item);

    /// <summary>Adds items at the end, by one call.</summary>
    /// <param name="items">The items.</param>
    public void Extend(IEnumerable<T> items) => Proxy.Call("extend", items.Select(static each => (object?)each).ToList());

    /// <inheritdoc/>
    public void Insert(int index, T item) => Proxy.Call("insert", index, item);

    /// <summary>Removes and returns the last item.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="PythonException">An IndexError: the list is empty.</exception>
    public T Pop() => Proxy.Call<T>("pop");

    /// <inheritdoc/>
    public void RemoveAt(int index) => InRange(index, () => Proxy.Call("__delitem__", index));

    /// <inheritdoc/>
    public bool Remove(T item)
    {
        try
        {
            Proxy.Call("remove", item);
            return true;
        }
        catch (PythonException missing) when (missing.TypeName == "ValueError")
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public int IndexOf(T item)
    {
        try
        {
            return Proxy.Call<int>("index", item);
        }
        catch (PythonException missing) when (missing.TypeName == "ValueError")
        {
            return -1;
        }
    }

    /// <inheritdoc/>
    public bool Contains(T item) => Proxy.Call<bool>("__contains__", item);

    /// <inheritdoc/>
    public void Clear() => Proxy.Call("__delitem__", Whole());

    /// <summary>Returns a copy of all items, by one call.</summary>
    /// <returns>The items.</returns>
    public List<T> GetValue() => Proxy.Call<List<T>>("__getitem__", Whole());

    /// <inheritdoc/>
    public void CopyTo(T[] array, int arrayIndex) => GetValue().CopyTo(array, arrayIndex);

    /// <summary>Enumerates a copy of the list of this moment.</summary>
    /// <returns>The enumerator.</returns>
    public IEnumerator<T> GetEnumerator() => GetValue().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Releases the list, which ends when nobody else has a proxy of it.</summary>
    public void Dispose() => Proxy.Dispose();

    private static PythonObject Whole() => new(new PythonObject("builtins", "slice"), new PyTuple(null, null, null));

    private static TResult InRange<TResult>(int index, Func<TResult> call)
    {
        try
        {
            return call();
        }
        catch (PythonException outside) when (outside.TypeName == "IndexError")
        {
            throw new ArgumentOutOfRangeException($"The list in Python has no item {index}.", outside);
        }
    }
}
