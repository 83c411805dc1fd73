using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>The asynchronous methods. All of them throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class NamespaceProxy
{
    /// <summary>Asynchronously reads a copy of a named value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A copy of the value.</returns>
    /// <exception cref="MissingMemberException">The namespace does not contain the name.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public async ValueTask<T> GetAsync<T>(string name, CancellationToken cancellation = default) =>
        await TryGetAsync<T>(name, cancellation).ConfigureAwait(false) is (true, var value) ? value! : throw Missing(name);

    /// <summary>Asynchronously reads a copy of a named value, if the name exists.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>Whether the name was found, and a copy of its value.</returns>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public async ValueTask<(bool Found, T? Value)> TryGetAsync<T>(string name, CancellationToken cancellation = default)
    {
        if (IsOwn(name))
        {
            return TryGet(name, out T? own) ? (true, own) : (false, default);
        }

        var reply = await AskAsync(new DictionaryCommand.Get(Pack(name)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? (true, (T?)Serializer.Unpack<object?>(reply.Value)) : (false, default);
    }

    /// <summary>Asynchronously sets a named value.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Cancels the wait; it may still be set.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="SerializationException">The value cannot be serialized.</exception>
    public async ValueTask SetAsync(string name, object? value, CancellationToken cancellation = default)
    {
        if (IsOwn(name))
        {
            Set(name, value);
        }
        else
        {
            await AskAsync(new DictionaryCommand.Set(Pack(name), Pack(value)), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asynchronously removes a named value: Python's <c>del ns.x</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Cancels the wait; it may still be removed.</param>
    /// <returns>A task that completes when the manager has made the change.</returns>
    /// <exception cref="MissingMemberException">The namespace does not contain the name.</exception>
    public async ValueTask DeleteAsync(string name, CancellationToken cancellation = default)
    {
        if (IsOwn(name))
        {
            Delete(name);
        }
        else if ((await AskAsync(new DictionaryCommand.Remove(Pack(name)), cancellation).ConfigureAwait(false)).Number < 0)
        {
            throw Missing(name);
        }
    }

    /// <summary>Asynchronously copies all shared names and values as of a single moment.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>A new local dictionary.</returns>
    public async ValueTask<Dictionary<string, object?>> GetValueAsync(CancellationToken cancellation = default) =>
        new(DictionaryPages.Unpack<string, object?>((await AskAsync(new DictionaryCommand.Page(0, int.MaxValue), cancellation).ConfigureAwait(false)).Value));
}
