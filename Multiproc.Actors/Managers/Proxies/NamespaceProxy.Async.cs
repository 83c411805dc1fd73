using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <content>The same without a blocked thread. All of these throw <see cref="ConnectionLostException"/> when the manager's process is gone.</content>
public sealed partial class NamespaceProxy
{
    /// <summary>The same as <see cref="Get{T}"/>.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A copy of the value.</returns>
    /// <exception cref="MissingMemberException">There is no such name.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public async ValueTask<T> GetAsync<T>(string name, CancellationToken cancellation = default) =>
        await TryGetAsync<T>(name, cancellation).ConfigureAwait(false) is (true, var value) ? value! : throw Missing(name);

    /// <summary>The same as <see cref="TryGet{T}"/>.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>Whether there is one, and a copy of the value.</returns>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public async ValueTask<(bool Found, T? Value)> TryGetAsync<T>(string name, CancellationToken cancellation = default)
    {
        if (IsOwn(name))
        {
            return TryGet(name, out T? own) ? (true, own) : (false, default);
        }

        var reply = await AskAsync(new DictionaryCommand.Get(Serializer.Pack(name)), cancellation).ConfigureAwait(false);
        return reply.Number >= 0 ? (true, (T?)Serializer.Unpack<object?>(reply.Value)) : (false, default);
    }

    /// <summary>The same as <see cref="Set"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellation">Gives up waiting; it may be set all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="SerializationException">The value cannot be sent.</exception>
    public async ValueTask SetAsync(string name, object? value, CancellationToken cancellation = default)
    {
        if (IsOwn(name))
        {
            Set(name, value);
        }
        else
        {
            await AskAsync(new DictionaryCommand.Set(Serializer.Pack(name), Serializer.Pack(value)), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The same as <see cref="Delete"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Gives up waiting; it may be removed all the same.</param>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="MissingMemberException">There is no such name.</exception>
    public async ValueTask DeleteAsync(string name, CancellationToken cancellation = default)
    {
        if (IsOwn(name))
        {
            Delete(name);
        }
        else if ((await AskAsync(new DictionaryCommand.Remove(Serializer.Pack(name)), cancellation).ConfigureAwait(false)).Number < 0)
        {
            throw Missing(name);
        }
    }

    /// <summary>The same as <see cref="GetValue"/>.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A dictionary of this process.</returns>
    public async ValueTask<Dictionary<string, object?>> GetValueAsync(CancellationToken cancellation = default) =>
        new(DictionaryPages.Unpack<string, object?>((await AskAsync(new DictionaryCommand.Page(0, int.MaxValue), cancellation).ConfigureAwait(false)).Value));
}
