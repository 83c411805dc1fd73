using Multiproc.Serialization;

namespace Multiproc.Nodes;

/// <summary>
/// The keys of nodes that have one of their own: managers that were started or connected to with a key. They are handed to children at their start, so that a
/// proxy given to a child works there; with a proxy itself no key ever travels. A child with a key of its own is not handed those of other machines (decision
/// 037).
/// </summary>
internal sealed class NodeKeys
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, NodeKey> _all = [];

    public void Learn(Guid node, ReadOnlyMemory<byte> key, TlsOptions tls, bool isFar)
    {
        lock (_gate)
        {
            _all[node] = new NodeKey(key, tls, isFar);
        }
    }

    public NodeKey? Of(Guid node)
    {
        lock (_gate)
        {
            return _all.GetValueOrDefault(node);
        }
    }

    /// <summary>Packs the keys for a child; empty when there are none, which is the usual case.</summary>
    public Payload Pack(bool withFar)
    {
        lock (_gate)
        {
            if (_all.Count == 0)
            {
                return Payload.Empty;
            }

            var handed = _all.Where(each => withFar || !each.Value.IsFar).ToList();

            using var writer = new WireWriter();
            writer.VarUInt((uint)handed.Count);
            Span<byte> id = stackalloc byte[16];
            foreach (var (node, known) in handed)
            {
                node.TryWriteBytes(id);
                writer.Raw(id);
                writer.Bytes(known.Key.Span);
                known.Tls.WriteTo(writer);
                writer.Bool(known.IsFar);
            }

            return new Payload(writer.ToArray());
        }
    }

    /// <summary>Takes over the keys that the parent knows.</summary>
    public void Inherit(Payload packed)
    {
        var reader = new WireReader(packed.Bytes.Span);
        for (int left = reader.Count(atLeast: 16); left > 0; left--)
        {
            var node = new Guid(reader.Raw(16));
            byte[] key = reader.Bytes().ToArray();
            Learn(node, key, TlsOptions.ReadFrom(ref reader), reader.Bool());
        }
    }
}

/// <summary>The key that authenticates to a node, and how connections to it from other machines are secured.</summary>
internal sealed record NodeKey(ReadOnlyMemory<byte> Key, TlsOptions Tls, bool IsFar);
