package dev.gru.bench.javasource;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A Java source file and its tokens.
 *
 * @param path its path
 * @param text its content
 * @param tokens its tokens
 * @param truth the class of each token by javac's parse tree; empty if javac cannot parse the file
 */
public record SourceFile(Path path, String text, List<JavaToken> tokens, Optional<List<TokenClass>> truth) {

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, is not UTF-8, or javac fails on it; the message names the file
     */
    public static SourceFile read(Path path) throws IOException {
        try {
            String text = Files.readString(path);
            List<JavaToken> tokens = JavaTokenizer.tokenize(text);
            // The URI of a path in a zip file is refused by javac.
            URI uri = Path.of(path.getFileName().toString()).toUri();
            return new SourceFile(path, text, tokens, JavaLabeler.label(uri, text, tokens));
        } catch (CharacterCodingException e) {
            throw new IOException(path + ": is not text in UTF-8", e);
        } catch (FileSystemException e) {
            throw e; // names it
        } catch (IOException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /** Returns the tokens' texts in a vocabulary. */
    public List<String> texts() {
        return tokens.stream().map(JavaToken::text).toList();
    }
}
