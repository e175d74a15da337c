package dev.gru.format.keras;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * The zip file that a model comes in.
 *
 * <p>What an entry inflates to is bounded by {@value #MAX_INFLATION} times the size of the file plus
 * {@value #INFLATION_SLACK} bytes, whatever its header says: weights hardly compress, so more is an attack. Checksums
 * are checked, so damage does not turn into weights.
 *
 * <p>For use by one thread.
 */
final class Archive implements AutoCloseable {
    static final int MAX_INFLATION = 8;
    static final int INFLATION_SLACK = 1 << 20;

    private final String name;
    private final ZipFile zip;
    private final int limit;

    /**
     * Opens a file.
     *
     * @throws ModelFormatException if it is no zip file, is cut off, has two entries of one name, or is not Keras's
     * @throws IOException if it cannot be read
     */
    Archive(HeldFile file) throws IOException {
        name = file.where();
        long size = file.size();
        limit = size > (Shapes.MAX_ARRAY - INFLATION_SLACK) / MAX_INFLATION
                ? Shapes.MAX_ARRAY
                : (int) (MAX_INFLATION * size + INFLATION_SLACK);
        zip = file.openZip(".keras file");
        try {
            Set<String> seen = new HashSet<>();
            for (ZipEntry entry : zip.stream().toList()) {
                if (!seen.add(entry.getName())) {
                    throw file.error("the entry " + Printable.of(entry.getName()) + " appears twice");
                }
                if (entry.getName().endsWith("/data.pkl")) {
                    throw file.error("is what torch.save writes, a program that only Python can run; "
                            + "save the weights with safetensors.torch.save_file(model.state_dict(), file)");
                }
            }
        } catch (ModelFormatException e) {
            zip.close();
            throw e;
        }
    }

    /**
     * Returns the content of an entry.
     *
     * @param entryName its name
     * @throws ModelFormatException if there is no such entry, it is damaged, or it is larger than the bound
     */
    byte[] read(String entryName) throws ModelFormatException {
        ZipEntry entry = zip.getEntry(entryName);
        if (entry == null || entry.isDirectory()) {
            throw new ModelFormatException(name + ": has no entry " + entryName);
        }
        byte[] content;
        try (InputStream in = zip.getInputStream(entry)) {
            content = in.readNBytes(limit);
            if (in.read() >= 0) {
                throw new ModelFormatException(name + ": " + entryName + ": is larger than " + limit
                        + " bytes, the bound for a file of this size");
            }
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new ModelFormatException(name + ": " + entryName + ": is damaged: " + Printable.of(e), e);
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        if (crc.getValue() != entry.getCrc()) {
            throw new ModelFormatException(name + ": " + entryName + ": is damaged: its checksum does not match");
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
