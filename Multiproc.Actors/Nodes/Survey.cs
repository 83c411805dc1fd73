using Multiproc.States;

namespace Multiproc.Nodes;

/// <summary>Asks an object's shell which objects of its own node its state refers to.</summary>
internal sealed record Survey(Guid Node, Action<IReadOnlyList<long>> Found) : IObjectMessage
{
    public void ObjectGone(IReplyTo node) => Found([]);

    public void Reply(ITraceable? state)
    {
        var found = new List<long>();
        foreach (var payload in state?.Payloads ?? [])
        {
            foreach (var (node, id) in ReferenceMark.Find(payload.Bytes.Span))
            {
                if (node.Id == Node)
                {
                    found.Add(id);
                }
            }
        }

        Found(found);
    }
}
